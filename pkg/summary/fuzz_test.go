package summary_test

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/summary"
)

// FuzzText: whatever a name, an address, an annotation or a reason is, README.md has the tables, cells, links and fences
// that it has for a harmless one, and the picture the same nodes and lines.
func FuzzText(f *testing.F) {
	for _, seed := range []string{"", "x", "a|b", "```\n# Heading", "<img src=x onerror=alert(1)>", "[a](https://example.com)", "**bold** _x_ ~~y~~", "`code`",
		"\\|", "\"]\n  evil[\"x", "end", "%%{init: {}}%%", "https://example.com", "@team", ":tada:", "&lt;", "$x^2$", "\u202e\u0000\xff", "--> c_west", "</table>"} {
		f.Add(seed)
	}
	dir := filepath.Join(scenarios, "every-field")
	harmless := summary.New(open(f, dir))
	fill(&harmless, "x")
	wantText, wantPicture := structure(string(harmless.Markdown())), picture(harmless)
	f.Fuzz(func(t *testing.T, text string) {
		s := summary.New(open(t, dir))
		fill(&s, text)
		if got := structure(string(s.Markdown())); got != wantText {
			t.Errorf("%q: README.md has the structure\n%s\nwant\n%s", text, got, wantText)
		}
		if got := picture(s); got != wantPicture {
			t.Errorf("%q: the picture has the structure\n%s\nwant\n%s", text, got, wantPicture)
		}
	})
}

// fill has a text wherever a summary can have one of another party, or of a person.
func fill(s *summary.Summary, text string) {
	s.Mesh = text
	for i := range s.Clusters {
		c := &s.Clusters[i]
		c.ClusterID, c.Network, c.TrustDomain, c.Locality, c.Platform, c.PodCIDRs = text, "n"+text, text, text, text, []string{text}
		c.Istio.Version, c.Istio.Revision, c.Istio.Namespace = "1"+text, "r"+text, "n"+text
		c.Gateway = &summary.Gateway{Addresses: []string{text}, Service: text, Namespace: text, Annotations: map[string]string{text: text}}
		for j := range c.Endpoints {
			e := &c.Endpoints[j]
			e.Server, e.TLSServerName, e.Proxy = "https://"+text, "t"+text, "p"+text
			e.CAs = []summary.Certificate{{Subject: text, SHA256: text, Expires: text}}
		}
	}
	s.Trust.DomainAliases = []string{text}
	s.Trust.Rotation = &summary.Rotation{Problem: "p" + text}
	for i := range s.Trust.Roots {
		s.Trust.Roots[i].Subject = text
	}
	s.Waivers = []summary.Waiver{{Rule: text, Title: text, Clusters: []string{text}, Reason: text}}
	s.Held = []summary.Held{{File: text, Missing: text, Next: text}}
}

// structure is what Markdown makes something of: markup in lines, without code spans, entities and plain text.
func structure(text string) string {
	text = regexp.MustCompile("`[^`\n]+`").ReplaceAllString(text, "")
	text = regexp.MustCompile(`&#\d+;`).ReplaceAllString(text, "")
	text = regexp.MustCompile(`(?s)`+"```mermaid.*?```").ReplaceAllString(text, "")
	return regexp.MustCompile("[^|*_\\[\\]<>`~\\\\!$@#\n]").ReplaceAllString(text, "")
}

// picture is a flowchart without the contents of its labels.
func picture(s summary.Summary) string {
	text, _ := s.Mermaid()
	text = regexp.MustCompile(`"[^"\n]*"`).ReplaceAllString(text, `""`)
	return regexp.MustCompile(`\bn_\w*`).ReplaceAllString(text, "n")
}

// TestCell: what a hostile text becomes in a table.
func TestCell(t *testing.T) {
	s := summary.New(open(t, filepath.Join(scenarios, "two-clusters")))
	s.Waivers = []summary.Waiver{{Rule: "MESH006", Title: "T", Reason: "a|b <b> `c` [d](https://e) @f\n#g"}}
	want := "| MESH006 | T | all | a&#124;b &#60;b&#62; &#96;c&#96; &#91;d&#93;(https&#58;//e) &#64;f&#92;n&#35;g |\n"
	if got := string(s.Markdown()); !strings.Contains(got, want) {
		t.Errorf("%s\nhas no line %s", got, want)
	}
}

package review_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/internal/review"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// TestMarkdownIsOurs: whatever a reason or an annotation says, each line of the review begins as one of ours, and no
// secret is in it.
func TestMarkdownIsOurs(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	r.writeMesh(header + "  clusters:\n" + east + west)
	r.commit("base")
	reason := "`` ` <!-- x --> @team [a](http://x) | # eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJzeXN0ZW0ifQ.c2lnbmF0dXJl"
	r.writeMesh(header + fmt.Sprintf("  waivers:\n  - {rule: MESH006, reason: %q}\n", reason) + "  clusters:\n" + east + west)
	result := r.review("")
	text := result.Markdown(0)
	if !strings.Contains(text, "  - after: ``` `` ` <!-- x --> @team [a](http://x) | # [redacted] ```\n") {
		t.Errorf("got\n%s", text)
	}
	document, err := result.JSON()
	if err != nil || strings.Contains(text+document+result.Text(), "eyJ") {
		t.Errorf("error %v, or a token in\n%s\n%s", err, text, document)
	}
}

// many is a mesh whose clusters are all linked.
func many(clusters int) string {
	var text strings.Builder
	text.WriteString(header + "  reader: {allowNonExpiring: true}\n  clusters:\n")
	for i := range clusters {
		fmt.Fprintf(&text, "  - {name: cluster-%03d, api: {server: 'https://10.0.%d.%d'}}\n", i, i/200, i%200+1)
	}
	return text.String()
}

// TestMaxBytes leaves out whole entries, the least severe first, and counts them.
func TestMaxBytes(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	r.writeMesh(many(10))
	r.commit("base")
	r.writeMesh(many(40))
	result := r.review("")
	whole := result.Markdown(0)
	if len(whole) < 10_000 || strings.Contains(whole, "omitted") {
		t.Fatalf("%d bytes", len(whole))
	}
	for _, limit := range []int{2000, 6000, 9000} {
		text := result.Markdown(limit)
		if len(text) > limit || !strings.Contains(text, " omitted** to limit the size of the review: ") || !strings.HasPrefix(text, "# Mesh review: ") {
			t.Errorf("limit %d: %d bytes\n%s", limit, len(text), text)
		}
		for line := range strings.Lines(text) {
			if strings.HasPrefix(line, "- ") && !strings.Contains(whole, line) {
				t.Errorf("limit %d: an entry was cut: %s", limit, line)
			}
		}
	}
}

// TestHundred: one cluster joins a hundred that are all linked.
func TestHundred(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	r.writeMesh(many(100))
	r.commit("base")
	r.writeMesh(many(101))
	text := r.review("").Markdown(60_000)
	if len(text) > 60_000 || strings.Contains(text, "left out") || !strings.Contains(text, "MC001 200 new grants to read every Secret of another cluster") {
		t.Errorf("%d bytes\n%s", len(text), text)
	}
	if lines := strings.Count(text, "\n"); lines >= 60 {
		t.Errorf("%d lines", lines)
	}
}

// BenchmarkReview: one cluster joins a hundred that are all linked.
func BenchmarkReview(b *testing.B) {
	r := newRepository(b)
	r.writeMesh(many(100))
	r.commit("base")
	r.writeMesh(many(101))
	for b.Loop() {
		b.ReportMetric(float64(len(r.review("").Markdown(0))), "bytes")
	}
}

// TestWorkingTreeLinks: what a link or another repository stands for is not in the commit that a change becomes.
func TestWorkingTreeLinks(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ shell, want string }{
		"mesh.yaml":       {"mv mesh.yaml other.yaml && ln -s other.yaml mesh.yaml", "mesh.yaml is a symbolic link"},
		"a directory":     {"mkdir elsewhere && ln -s elsewhere clusters", "clusters is a symbolic link"},
		"a file":          {"mkdir -p trust/east && ln -s /etc/passwd trust/east/ca-cert.pem", "trust/east/ca-cert.pem is a symbolic link"},
		"what is nowhere": {"mkdir sealed && ln -s nowhere sealed/east", "sealed/east is a symbolic link"},
		"the state":       {"mkdir elsewhere && ln -s elsewhere .kubectl-mesh", ".kubectl-mesh is a symbolic link"},
		"a submodule":     {"mkdir clusters && echo gitdir: x > clusters/.git", "clusters is a Git repository of its own"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRepository(t)
			r.writeMesh(header + "  clusters:\n" + east + west)
			r.commit("base")
			r.shell(test.shell)
			_, err := r.try("")
			var uncompared *review.UncomparedError
			if !errors.As(err, &uncompared) || err.Error() != "read working tree: "+test.want || len(hint.Of(err)) != 1 {
				t.Errorf("got error %v, hints %q", err, hint.Of(err))
			}
		})
	}
	r := newRepository(t)
	r.writeMesh(header + "  clusters:\n" + east + west)
	r.commit("base")
	r.shell("ln -s nowhere deploy && ln -s nowhere README.md")
	r.wantBrief("")
}

package mesh_test

import (
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
)

const small = header + "  - name: east\n"

// TestTextAccepted: these are all the same mesh.
func TestTextAccepted(t *testing.T) {
	for name, text := range map[string]string{
		"plain":                   small,
		"byte order mark":         "\ufeff" + small,
		"mark and comment":        "\ufeff# a comment\n---\n" + small,
		"mark and marker":         "\ufeff---\n" + small,
		"no-break space":          strings.Replace(small, "shop}", "shop} # \u00a0", 1),
		"CRLF":                    strings.ReplaceAll(small, "\n", "\r\n"),
		"CRLF and markers":        strings.ReplaceAll("# a\n---\n"+small+"...\n# b\n", "\n", "\r\n"),
		"no newline at the end":   strings.TrimSpace(small),
		"version of YAML":         "%YAML 1.1\n---\n" + small,
		"marker at the end":       small + "---\n",
		"comment behind a marker": small + "--- # the end\n\n# really\n",
		"dashes in a text":        small + "  waivers:\n  - rule: A\n    reason: |\n      ---\n      a\n",
		"a word that begins so":   small + "  waivers: [{rule: A, reason: \"a\n---b\"}]\n",
		"a tab behind a value":    strings.Replace(small, "east", "east\t# tab", 1),
		"JSON": `{"apiVersion": "kubectl-mesh.dev/v1alpha1", "kind": "Mesh", "metadata": {"name": "shop"},` +
			"\n\t" + `"spec": {"clusters": [{"name": "east"}]}}`,
	} {
		t.Run(name, func(t *testing.T) {
			if clusters := mustRead(t, text, nil); len(clusters) != 1 || clusters[0].Name != "east" {
				t.Errorf("got %v", clusters)
			}
		})
	}
}

// TestFactsWithByteOrderMark: facts are read like the mesh.
func TestFactsWithByteOrderMark(t *testing.T) {
	clusters := mustRead(t, small, map[string]string{"clusters/east.yaml": "\ufeff" + facts("east", "  network: a\n")})
	if clusters[0].Network != "a" {
		t.Errorf("got network %q", clusters[0].Network)
	}
	_, problems := read(small, map[string]string{"clusters/east.yaml": "\ufeff" + facts("east", "  network: a b\n")})
	if len(problems) != 1 || problems[0].Line != 5 {
		t.Errorf("got problems:\n%s", printed(problems))
	}
}

func TestTextRefused(t *testing.T) {
	const binary = "contains a NUL byte, and is not text\nhint: save it as UTF-8 text"
	const encoding = "is not UTF-8 text\nhint: save it as UTF-8 text"
	const sign = "\nhint: remove it, or use an escape in double quotes; a line ends with LF or CR LF"
	const second = "a second document begins here\nhint: keep one document per file: remove what follows the ---"
	const empty = "is empty\nhint: create one from your kubeconfig: kubectl mesh init"
	const large = "is larger than 4 MiB\nhint: move content that is not mesh configuration to other files"
	const many = "has more than 150000 lines and list entries\nhint: move content that is not mesh configuration to other files"
	for name, test := range map[string]struct{ text, want string }{
		"nothing":                    {"", "mesh.yaml: " + empty},
		"blank":                      {" \n\t\r\n", "mesh.yaml: " + empty},
		"byte order mark alone":      {"\ufeff\n", "mesh.yaml: " + empty},
		"NUL alone":                  {"\x00", "mesh.yaml:1: " + binary},
		"NUL":                        {small + "\x00", "mesh.yaml:7: " + binary},
		"UTF-16 with its mark":       {"\xff\xfea\x00:\x00 \x001\x00", "mesh.yaml:1: " + binary},
		"UTF-16":                     {utf16(small), "mesh.yaml:1: " + binary},
		"Latin-1":                    {small + "  # f\xfcr", "mesh.yaml: " + encoding},
		"program":                    {"\x7fELF\x02\x01\x01\x00", "mesh.yaml:1: " + binary},
		"compressed":                 {"\x1f\x8b\x08\x09\xff", "mesh.yaml: " + encoding},
		"half a character":           {small + "  # \xc3", "mesh.yaml: " + encoding},
		"half a surrogate":           {small + "  # \xed\xa0\x80", "mesh.yaml: " + encoding},
		"escape":                     {small + "  # \x1b[2J", "mesh.yaml:7: contains the character U+001B" + sign},
		"delete":                     {small + "  # \x7f", "mesh.yaml:7: contains the character U+007F" + sign},
		"CR alone":                   {strings.ReplaceAll(small, "\n", "\r"), "mesh.yaml:1: contains the character U+000D" + sign},
		"CR in a comment":            {small + "  # a\r  trust: {}\n", "mesh.yaml:7: contains the character U+000D" + sign},
		"CR at the end":              {small + "\r", "mesh.yaml:7: contains the character U+000D" + sign},
		"next line":                  {small + "  # a\u0085  trust: {}\n", "mesh.yaml:7: contains the character U+0085" + sign},
		"line separator":             {small + "  # a\u2028  trust: {}\n", "mesh.yaml:7: contains the character U+2028" + sign},
		"paragraph separator":        {small + "  # a\u2029  trust: {}\n", "mesh.yaml:7: contains the character U+2029" + sign},
		"mark in the middle":         {small + "\ufeff" + small, "mesh.yaml:7: contains the character U+FEFF" + sign},
		"two marks":                  {"\ufeff\ufeff" + small, "mesh.yaml:1: contains the character U+FEFF" + sign},
		"two documents":              {small + "---\n" + small, "mesh.yaml:7: " + second},
		"document behind an end":     {small + "...\n# a\na: b\n", "mesh.yaml:7: " + second},
		"document on the marker":     {small + "--- a\n", "mesh.yaml:7: " + second},
		"document with a mark":       {"\ufeff" + small + "---\na: b\n", "mesh.yaml:7: " + second},
		"marker in a block of text":  {small + "  waivers:\n  - rule: A\n    reason: |\n---\n      a\n", "mesh.yaml:10: " + second},
		"second document after CRLF": {strings.ReplaceAll(small+"---\na: b\n", "\n", "\r\n"), "mesh.yaml:7: " + second},
		"one byte too much":          {small + strings.Repeat("#", mesh.MaxSize+1-len(small)), "mesh.yaml: " + large},
		"too many lines":             {small + strings.Repeat("\n", 150_000), "mesh.yaml: " + many},
	} {
		t.Run(name, func(t *testing.T) {
			doc, problems := read(test.text, nil)
			if doc.Mesh != nil {
				t.Error("the mesh is taken for valid")
			}
			checkProblems(t, problems, test.want)
		})
	}
}

// utf16 is UTF-16 without a mark, of a text in ASCII.
func utf16(text string) string {
	var b strings.Builder
	for _, sign := range text {
		b.WriteRune(sign)
		b.WriteByte(0)
	}
	return b.String()
}

// TestLargestText: the limits themselves are within.
func TestLargestText(t *testing.T) {
	mustRead(t, small+strings.Repeat("#", mesh.MaxSize-len(small)), nil)
	parts := strings.Count(small, "\n") + strings.Count(small, "{") + strings.Count(small, "- ")
	mustRead(t, small+strings.Repeat("\n", 150_000-parts), nil)
}

func TestReadLimited(t *testing.T) {
	for _, length := range []int{0, mesh.MaxSize, mesh.MaxSize + 1, mesh.MaxSize + 2} {
		got, err := mesh.ReadLimited(strings.NewReader(strings.Repeat("a", length)))
		if err != nil || len(got) != min(length, mesh.MaxSize+1) {
			t.Errorf("of %d bytes: got %d and error %v", length, len(got), err)
		}
	}
}

package output_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/internal/output"
)

func TestParseLock(t *testing.T) {
	a := lockLine("a.yaml", "1")
	tests := []struct {
		name string
		text string
		want string // of the lines formatted again, without the header
		err  string
	}{
		{name: "empty"},
		{name: "comments", text: "# one\n" + a + "# two\n", want: a},
		{name: "sorted by path", text: lockLine("b", "1") + a, want: a + lockLine("b", "1")},
		{name: "several digests", text: lockLine("a", "2") + lockLine("a", "1"), want: lockLine("a", "1") + lockLine("a", "2")},
		{name: "blanks in a path", text: lockLine("a  b c", "1"), want: lockLine("a  b c", "1")},
		{
			name: "a merge conflict",
			text: a + "<<<<<<< HEAD\n",
			err:  "line 2: a merge conflict",
		},
		{
			name: "carriage returns",
			text: strings.ReplaceAll("# one\n"+a, "\n", "\r\n"),
			err: "line 1: a carriage return at the end of the line\nhint: Git changed the line endings: " +
				"add the line `* text=auto eol=lf` to .gitattributes, and check out the directory again",
		},
		{name: "cut short", text: a + strings.TrimSuffix(a, "ml\n"), err: "line 2: the last line is incomplete"},
		{name: "a line twice", text: a + lockLine("b", "1") + a, err: `line 3: "a.yaml" is listed on an earlier line`},
		{name: "an empty line", text: a + "\n", err: `line 2: "" is not a digest, two spaces and a path`},
		{name: "binary marker", text: strings.Replace(a, "  ", " *", 1), err: `line 1: "` + strings.TrimSpace(strings.Replace(a, "  ", " *", 1)) + `" is not a digest, two spaces and a path`},
		{name: "a short digest", text: "abcd  a\n", err: `line 1: "abcd" is not a sha256 digest in lower-case hex`},
		{
			name: "upper case",
			text: strings.ToUpper(a[:64]) + a[64:],
			err:  `line 1: "` + strings.ToUpper(a[:64]) + `" is not a sha256 digest in lower-case hex`,
		},
		{name: "no digest", text: "xyz  a\n", err: `line 1: "xyz" is not a sha256 digest in lower-case hex`},
		{name: "a path that leads out", text: lockLine("../a", "1"), err: `line 1: "../a" is not a path in the tree`},
		{name: "dots inside", text: lockLine("a/../b", "1"), err: `line 1: "a/../b" is not a path in the tree`},
		{name: "an absolute path", text: lockLine("/etc/passwd", "1"), err: `line 1: "/etc/passwd" is not a path in the tree`},
		{name: "a drive", text: lockLine("c:/x", "1"), err: `line 1: "c:/x" contains a character that is not allowed in a path`},
		{name: "a backslash", text: lockLine(`..\a`, "1"), err: `line 1: "..\\a" contains a character that is not allowed in a path`},
		{name: "itself", text: lockLine("mesh.lock", "1"), err: `line 1: "mesh.lock" is a name that kubectl mesh reserves`},
		{
			name: "staging",
			text: lockLine(".kubectl-mesh-staging-0/a", "1"),
			err:  `line 1: ".kubectl-mesh-staging-0/a" is a name that kubectl mesh reserves`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := output.ReformatLock([]byte(tt.text))
			if tt.err != "" {
				wantError(t, err, "\x00", tt.err)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var lines strings.Builder
			for line := range strings.Lines(string(got)) {
				if line[0] != '#' {
					lines.WriteString(line)
				}
			}
			equal(t, "lines", lines.String(), tt.want)
		})
	}
}

func FuzzParseLock(f *testing.F) {
	f.Add([]byte("# x\n" + lockLine("b/c", "1") + lockLine("a", "2") + lockLine("a", "1")))
	f.Add([]byte("<<<<<<< HEAD\n"))
	f.Add([]byte(lockLine("../a", "1")))
	f.Add([]byte(lockLine("a", "1") + "\r\n"))
	f.Add([]byte("\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		once, err := output.ReformatLock(text)
		if err != nil {
			return
		}
		twice, err := output.ReformatLock(once)
		if err != nil {
			t.Fatalf("what was formatted cannot be parsed: %v\n%s", err, once)
		}
		if !bytes.Equal(once, twice) {
			t.Errorf("not stable:\n%s\n%s", once, twice)
		}
	})
}

package markdown_test

import (
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/markdown"
)

func TestCode(t *testing.T) {
	for value, want := range map[string]string{
		"east": "`east`", "": "` `", "a`b": "``a`b``", "`": "`` ` ``", "a``b`": "``` a``b` ```", "@team <!-- x --> [a](b)": "`@team <!-- x --> [a](b)`",
		"a\nb": "`a\\nb`", "\u202ea": "`\\u202ea`", " a ": "`  a  `",
	} {
		if got := markdown.Code(value); got != want {
			t.Errorf("%q: got %s, want %s", value, got, want)
		}
	}
}

// FuzzCode: no value ends its code span, or begins another line.
func FuzzCode(f *testing.F) {
	for _, seed := range []string{"", "`", "``a`", "\n# x", "a\x00", "|", "<b>", "@a", " ` "} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		got := markdown.Code(value)
		rest := strings.TrimLeft(got, "`")
		fence := got[:len(got)-len(rest)]
		inside, ok := strings.CutSuffix(rest, fence)
		if !ok || fence == "" || strings.ContainsAny(got, "\n\r\x00") || strings.HasSuffix(inside, "`") {
			t.Fatalf("%q becomes %q", value, got)
		}
		for _, run := range strings.FieldsFunc(inside, func(r rune) bool { return r != '`' }) {
			if len(run) >= len(fence) {
				t.Fatalf("%q ends its span in %q", value, got)
			}
		}
	})
}

package shell_test

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

func TestQuote(t *testing.T) {
	for text, want := range map[string]string{
		"":            "''",
		"east":        "'east'",
		"it's":        `'it'\''s'`,
		"$(id) `id`":  "'$(id) `id`'",
		`w\w`:         `'w\w'`,
		"nul\x00less": "'nulless'",
	} {
		if got := shell.Quote(text); got != want {
			t.Errorf("Quote(%q) = %s, want %s", text, got, want)
		}
	}
}

func TestName(t *testing.T) {
	for text, want := range map[string]string{
		"istio-remote-secret-east": "istio-remote-secret-east",
		"deployment/istiod-1.30":   "deployment/istiod-1.30",
		"admin@east":               "admin@east",
		"west:east":                "west:east",
		"~root":                    "'~root'",
		"x;touch pwned":            "'x;touch pwned'",
		"$(id)":                    "'$(id)'",
		"--all":                    "'--all'",
		"ost\u202e":                "'ost\u202e'",
		"":                         "''",
	} {
		if got := shell.Name(text); got != want {
			t.Errorf("Name(%q) = %s, want %s", text, got, want)
		}
	}
}

// FuzzQuote lets a real shell read the word back.
func FuzzQuote(f *testing.F) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		f.Skip("no sh to read the word back")
	}
	for _, seed := range []string{"", "'", `\`, "a b", "$x", "\n", "-n", "é", "!", "'\\''"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		text = strings.ReplaceAll(text, "\x00", "")
		out, err := exec.CommandContext(t.Context(), sh, "-c", "printf '%s' "+shell.Quote(text)).Output()
		if err != nil || string(out) != text {
			t.Errorf("sh reads %q as %q, error %v", text, out, err)
		}
	})
}

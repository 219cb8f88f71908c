package terminal_test

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// prompt is one that a person sees, who answers this.
func prompt(answer string) (terminal.Prompt, *strings.Builder) {
	var out strings.Builder
	return terminal.Prompt{In: strings.NewReader(answer), Out: &out, Answers: true, Reads: true}, &out
}

func TestConfirm(t *testing.T) {
	const no = "not confirmed: nothing was changed"
	for answer, want := range map[string]string{"y\n": "", "Y\n": "", " yes \n": "", "YES\r\n": "",
		"\n": no, "n\n": no, "yess\n": no, "ye\n": no, "": no, "y": no /* cut off */} {
		p, out := prompt(answer)
		got := ""
		if err := p.Confirm(t.Context(), "apply this to 2 clusters?"); err != nil {
			got = err.Error()
		}
		if got != want || out.String() != "apply this to 2 clusters? [y/N] " {
			t.Errorf("%q: got %q, want %q; asked %q", answer, got, want, out)
		}
	}
}

// TestConfirmWithoutTerminal: in a pipe nobody can answer, and nobody is asked.
func TestConfirmWithoutTerminal(t *testing.T) {
	for name, change := range map[string]func(*terminal.Prompt){
		"the input is a pipe":  func(p *terminal.Prompt) { p.Answers = false },
		"the output is a pipe": func(p *terminal.Prompt) { p.Reads = false },
	} {
		p, out := prompt("n\n")
		change(&p)
		if err := p.Confirm(t.Context(), "apply this?"); err != nil || out.String() != "" {
			t.Errorf("%s: got %v, asked %q", name, err, out)
		}
	}
}

// TestConfirmInterrupted: who presses ^C at a question has said no, and does not wait for an answer.
func TestConfirmInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	in, never := io.Pipe() // nobody answers
	defer never.Close()
	var out strings.Builder
	p := terminal.Prompt{In: in, Out: &out, Answers: true, Reads: true}
	cancel()
	err := p.Confirm(ctx, "apply this?")
	if want := "interrupted: nothing was changed"; !errors.Is(err, verdict.ErrInterrupted) || err.Error() != want || out.String() != "apply this? [y/N] \n" {
		t.Errorf("got %v, asked %q", err, out.String())
	}
	err = p.CompareFingerprint(ctx, "", "SHA256:AB:CD", "east")
	if !errors.Is(err, verdict.ErrInterrupted) {
		t.Errorf("a fingerprint: got %v", err)
	}
}

func TestCompareFingerprint(t *testing.T) {
	const shown = "SHA256:0A:1B:2C"
	const question = shown + "\ndoes the site of east confirm this fingerprint? [y/N] "
	other := []hint.Problem{{Text: "the request has fingerprint SHA256:0A:1B:2C, not the specified one", Remedies: []string{
		"get the fingerprint from the site again, over another channel; if it still differs, the request was replaced"}}}
	for _, test := range []struct {
		name, given, answer string
		nobody              bool
		want                []hint.Problem
		asked               string
	}{
		{name: "given, and the same", given: shown},
		{name: "in small letters", given: "sha256:0a:1b:2c"},
		{name: "without colons", given: "0A1B2C"},
		{name: "with blanks", given: "0a 1b 2c"},
		{name: "in a script", given: shown, nobody: true},
		{name: "given, and another one", given: "SHA256:0A:1B:2D", answer: "y\n", want: other},
		{name: "given, and cut off", given: "SHA256:0A:1B", want: other},
		{name: "a person agrees", answer: "yes\n", asked: question},
		{name: "a person does not", answer: "\n", asked: question, want: []hint.Problem{{Text: "not signed"}}},
		{name: "nobody is there", nobody: true, want: []hint.Problem{{Text: "the fingerprint of the request must be compared: SHA256:0A:1B:2C",
			Remedies: []string{"get it from the site over another channel, and specify it: --fingerprint SHA256:..."}}}},
	} {
		p, out := prompt(test.answer)
		p.Answers = !test.nobody
		err := p.CompareFingerprint(t.Context(), test.given, shown, "east")
		if diff := cmp.Diff(test.want, hint.List(err)); diff != "" || out.String() != test.asked {
			t.Errorf("%s: asked %q (-want +got):\n%s", test.name, out, diff)
		}
	}
}

// TestPassphrase is asked of a person at a terminal alone.
func TestPassphrase(t *testing.T) {
	for name, p := range map[string]terminal.Prompt{
		"a pipe":      {In: strings.NewReader("secret\n"), Out: io.Discard, Answers: true},
		"a script":    {In: os.Stdin, Out: io.Discard},
		"no terminal": {In: strings.NewReader("secret\n"), Out: io.Discard},
	} {
		_, err := p.Passphrase(t.Context(), "credentials/root-key.pem.age", false)
		want := []hint.Problem{{Text: "no terminal to prompt for the passphrase for credentials/root-key.pem.age",
			Remedies: []string{"run it at a terminal, or pass the passphrase on a file descriptor: --passphrase-fd 3 3<FILE"}}}
		if diff := cmp.Diff(want, hint.List(err)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestReadPassphrase takes the first line of what is open.
func TestReadPassphrase(t *testing.T) {
	for text, want := range map[string]string{"correct horse\n": "correct horse", "correct horse": "correct horse", "a\r\n": "a", "first\nsecond\n": "first", " a \n": " a "} {
		got, err := terminal.ReadPassphrase(t.Context(), strings.NewReader(text), 0)
		if err != nil || string(got) != want {
			t.Errorf("%q: got %q, %v, want %q", text, got, err, want)
		}
	}
	for _, text := range []string{"", "\n", "\r\n"} {
		if _, err := terminal.ReadPassphrase(t.Context(), strings.NewReader(text), 0); err == nil || err.Error() != "the passphrase is empty" || !verdict.IsInput(err) {
			t.Errorf("%q: got %v", text, err)
		}
	}
	if got, err := terminal.ReadPassphrase(t.Context(), strings.NewReader(strings.Repeat("x", 5000)), 0); err != nil || len(got) != 1024 {
		t.Errorf("a long one: got %d bytes, %v", len(got), err)
	}
	_, err := terminal.ReadPassphrase(t.Context(), nil, 1<<20)
	want := []hint.Problem{{Text: "file descriptor 1048576 cannot be read", Remedies: []string{"open it in your shell: --passphrase-fd 3 3<FILE"}}}
	if diff := cmp.Diff(want, hint.List(err)); diff != "" {
		t.Errorf("none is open (-want +got):\n%s", diff)
	}
}

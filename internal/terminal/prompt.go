package terminal

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
)

// Prompt asks a person. In a pipe or a script there is nobody to ask.
type Prompt struct {
	In  io.Reader
	Out io.Writer // what is asked; stderr
	// Answers says that In is a terminal where a person can answer, Reads that one sees what is printed.
	Answers, Reads bool
}

// Confirm asks whether clusters may be changed, and is an error when they may not. Without a terminal
// the flag that led here is the word.
func (p Prompt) Confirm(ctx context.Context, question string) error {
	if !p.Answers || !p.Reads {
		return nil
	}
	fmt.Fprintf(p.Out, "%s [y/N] ", question)
	switch word, err := p.line(ctx); {
	case err != nil:
		fmt.Fprint(p.Out, "\n")
		return fmt.Errorf("%w: nothing was changed in any cluster", verdict.ErrInterrupted)
	case word != "y" && word != "yes":
		return errors.New("not applied: nothing was changed in any cluster")
	}
	return nil
}

// line reads one answer, in lower case. Reading from a terminal cannot be stopped: when the context ends
// first the program ends, and the reading with it.
func (p Prompt) line(ctx context.Context) (string, error) {
	answer := make(chan string, 1)
	go func() {
		line, err := bufio.NewReader(p.In).ReadString('\n')
		if err != nil {
			line = ""
		}
		answer <- strings.ToLower(strings.TrimSpace(line))
	}()
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case word := <-answer:
		return word, nil
	}
}

// agree asks a question, and returns an error with the refusal unless the answer is yes.
func (p Prompt) agree(ctx context.Context, question, refusal string) error {
	fmt.Fprintf(p.Out, "%s [y/N] ", question)
	switch word, err := p.line(ctx); {
	case err != nil:
		fmt.Fprint(p.Out, "\n")
		return verdict.ErrInterrupted
	case word != "y" && word != "yes":
		return errors.New(refusal)
	}
	return nil
}

// CompareFingerprint demands that somebody has compared the fingerprint of a request with what the
// site reads where the key is: given is what a flag says, or empty.
func (p Prompt) CompareFingerprint(ctx context.Context, given, fingerprint, site string) error {
	switch {
	case given != "" && !sameFingerprint(given, fingerprint):
		return verdict.Inputf("get the fingerprint from the site again, over another channel; if it still differs, the "+
			"request was replaced",
			"the request has fingerprint %s, not the specified one", fingerprint)
	case given != "":
		return nil
	case !p.Answers:
		return verdict.Inputf("get it from the site over another channel, and specify it: --fingerprint SHA256:...",
			"the fingerprint of the request must be compared: %s", fingerprint)
	}
	return p.agree(ctx, fmt.Sprintf("%s\ndoes the site of %s confirm this fingerprint?", fingerprint, site), "not signed")
}

// sameFingerprint does not mind how people write hexadecimal digits.
func sameFingerprint(given, fingerprint string) bool {
	clean := func(text string) string {
		return strings.NewReplacer(":", "", " ", "").Replace(strings.TrimPrefix(strings.ToUpper(text), "SHA256:"))
	}
	return clean(given) == clean(fingerprint)
}

// AcceptSigner demands that somebody has compared the fingerprint of a site's key before its first file is believed.
func (p Prompt) AcceptSigner(ctx context.Context, site, fingerprint string) error {
	if !p.Answers {
		return verdict.Inputf("compare it with the site over another channel, then accept it: --accept-signer "+fingerprint,
			"site %s signs with a key that is not accepted yet: %s", site, fingerprint)
	}
	question := fmt.Sprintf("%s\ndoes site %s sign with this key?", fingerprint, site)
	return p.agree(ctx, question, "not accepted: nothing was imported")
}

// ConfirmAll shows what is about to be signed, and demands one confirmation: at a terminal, or by a flag.
func (p Prompt) ConfirmAll(ctx context.Context, yes bool, question string, lines []string) error {
	for _, line := range lines {
		fmt.Fprintln(p.Out, LookOf(p.Out).Fold(OneLine(line), hangingColumns))
	}
	switch {
	case yes:
		return nil
	case !p.Answers:
		return verdict.Inputf("compare the fingerprints with the sites over another channel, then run it again with --yes",
			"nothing is signed without a confirmation")
	}
	return p.agree(ctx, question, "not signed")
}

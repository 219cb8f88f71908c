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

// Prompt asks the user. In pipes and scripts there is none.
type Prompt struct {
	In  io.Reader
	Out io.Writer // questions; stderr
	// Answers is set if In is a terminal, Reads if a person reads the output.
	Answers, Reads bool
}

// Confirm asks whether to change clusters; an error if not. Without a terminal, the flag is the confirmation.
func (p Prompt) Confirm(ctx context.Context, question string) error {
	if !p.Answers || !p.Reads {
		return nil
	}
	fmt.Fprintf(p.Out, "%s [y/N] ", question)
	switch word, err := p.line(ctx); {
	case err != nil:
		fmt.Fprint(p.Out, "\n")
		return fmt.Errorf("%w: nothing was changed", verdict.ErrInterrupted)
	case word != "y" && word != "yes":
		return errors.New("not confirmed: nothing was changed")
	}
	return nil
}

// line reads an answer in lower case. Reading a terminal cannot be cancelled: when the context ends, so does the
// program.
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

// CompareFingerprint requires that the user compares the fingerprint of a request with what the site with the key reads
// out: given is the flag's value, or empty.
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

// sameFingerprint ignores how hexadecimal digits are written.
func sameFingerprint(given, fingerprint string) bool {
	clean := func(text string) string {
		return strings.NewReplacer(":", "", " ", "").Replace(strings.TrimPrefix(strings.ToUpper(text), "SHA256:"))
	}
	return clean(given) == clean(fingerprint)
}

// AcceptSigner requires that the user compares the fingerprint of a site's key before its first file is accepted.
func (p Prompt) AcceptSigner(ctx context.Context, site, fingerprint string) error {
	if !p.Answers {
		return verdict.Inputf("compare it with the site over another channel, then accept it: --accept-signer "+fingerprint,
			"site %s signs with a key that is not accepted yet: %s", site, fingerprint)
	}
	question := fmt.Sprintf("%s\ndoes site %s sign with this key?", fingerprint, site)
	return p.agree(ctx, question, "not accepted: nothing was imported")
}

// ConfirmAll shows what will be signed, and requires one confirmation: at a terminal, or with a flag.
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

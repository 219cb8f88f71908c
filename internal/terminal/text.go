package terminal

import (
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/printable"
)

// OneLine is plain text that cannot pass for another line of ours.
func OneLine(text string) string { return strings.ReplaceAll(Plain(text), "\n", `\n`) }

// Plain is text as a terminal can be trusted with it: what is not printed but obeyed is
// written as an escape, and secrets are left out.
func Plain(text string) string {
	var lines []string
	for line := range strings.SplitSeq(Redact(text), "\n") {
		lines = append(lines, printable.Escape(line))
	}
	return strings.Join(lines, "\n")
}

// secretShapes are the credentials of Kubernetes that are known by their form: JSON Web
// Tokens, private keys in PEM, base64 of PEM, which is what client-key-data holds, and keys of age.
const secretShapes = `eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?` +
	`|(?s:-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$))` +
	`|LS0tLS1CRUdJTi[\w+/=]{20,}` +
	`|(?i:AGE-SECRET-KEY-)\w[\w-]*`

// Redact is the last line of defence: errors quote what was written, and a secret may stand in
// the wrong place. Those who make the errors know better which values not to quote.
func Redact(text string) string {
	return regexp.MustCompile(secretShapes).ReplaceAllString(text, "[redacted]")
}

// Count is a number with its noun: 1 cluster, 2 clusters.
func Count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// Paragraph is an error on one line: what others wrote must not pass for lines of ours.
func Paragraph(err error) error {
	if err == nil {
		return nil
	}
	return &paragraph{err: err}
}

type paragraph struct{ err error }

func (e *paragraph) Error() string { return strings.Join(strings.Fields(e.err.Error()), " ") }

func (e *paragraph) Unwrap() error { return e.err }

// QuotePath quotes the path in an error of the file system: one that a file names may hold anything.
func QuotePath(err error) error {
	if at, ok := errors.AsType[*fs.PathError](err); ok {
		return fmt.Errorf("%s %q: %w", at.Op, at.Path, at.Err)
	}
	return err
}

package terminal

import (
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/printable"
)

// OneLine returns plain text that cannot imitate another line of output.
func OneLine(text string) string { return strings.ReplaceAll(Plain(text), "\n", `\n`) }

// Plain returns text that is safe for a terminal: control characters are escaped, and secrets removed.
func Plain(text string) string {
	var lines []string
	for line := range strings.SplitSeq(Redact(text), "\n") {
		lines = append(lines, printable.Escape(line))
	}
	return strings.Join(lines, "\n")
}

// secretShapes match Kubernetes credentials: JSON Web Tokens, private keys in PEM, base64 of PEM, the content of
// client-key-data, and age keys.
const secretShapes = `eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?` +
	`|(?s:-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$))` +
	`|LS0tLS1CRUdJTi[\w+/=]{20,}` +
	`|(?i:AGE-SECRET-KEY-)\w[\w-]*`

// Redact is the last line of defence: errors quote input, which can contain a misplaced secret. Those who create errors
// know better what not to quote.
func Redact(text string) string {
	return regexp.MustCompile(secretShapes).ReplaceAllString(text, "[redacted]")
}

// Count formats a number with its noun: 1 cluster, 2 clusters.
func Count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// Paragraph returns an error on one line, so that external text cannot imitate our output.
func Paragraph(err error) error {
	if err == nil {
		return nil
	}
	return &paragraph{err: err}
}

type paragraph struct{ err error }

func (e *paragraph) Error() string { return strings.Join(strings.Fields(e.err.Error()), " ") }

func (e *paragraph) Unwrap() error { return e.err }

// QuotePath quotes the path in a file system error: a path from a file can contain anything.
func QuotePath(err error) error {
	if at, ok := errors.AsType[*fs.PathError](err); ok {
		return fmt.Errorf("%s %q: %w", at.Op, at.Path, at.Err)
	}
	return err
}

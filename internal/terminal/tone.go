package terminal

import (
	"fmt"
	"strings"

	"github.com/fatih/color"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
)

// Tone determines the colour and symbol of a text.
type Tone int

// Tones.
const (
	Even    Tone = iota // neutral
	Good                // ok, current, valid
	Caution             // a warning, or something pending
	Bad                 // failed, expired, an error
	Open                // unknown, incomplete
	Muted               // absent, and not needed
	Strong              // a heading, the command to run
)

// Paint colours a text. Its only control sequences are those added here.
func (l Look) Paint(tone Tone, text string) string {
	if !l.Colour || text == "" || tone == Even {
		return text
	}
	painter := style(tone)
	painter.EnableColor() // the look decides
	return painter.Sprint(text)
}

// style uses the terminal's palette, which its owner can read.
func style(tone Tone) *color.Color {
	switch tone {
	case Good:
		return color.New(color.FgGreen)
	case Caution:
		return color.New(color.FgYellow)
	case Bad:
		return color.New(color.Bold, color.FgRed)
	case Open:
		return color.New(color.FgMagenta)
	case Muted:
		return color.New(color.Faint)
	case Even, Strong: // neutral text is not painted
	}
	return color.New(color.Bold)
}

// Mark returns a tone's symbol and a space; empty if the terminal cannot show it, because words say the same.
func (l Look) Mark(tone Tone) string {
	symbol := map[Tone]string{Good: "✓", Caution: "!", Bad: "✗", Open: "?"}[tone]
	if !l.Symbols || symbol == "" {
		return ""
	}
	return symbol + " "
}

// ToneOfSeverity returns a problem's tone.
func ToneOfSeverity(severity mesh.Severity) Tone {
	switch severity {
	case mesh.SeverityError:
		return Bad
	case mesh.SeverityIncomplete:
		return Open
	case mesh.SeverityWarning:
		return Caution
	}
	return Even
}

// ToneOf returns the tone of a table cell, by its first word, or by a count that is complete or not.
func ToneOf(cell string) Tone {
	var ready, all int
	if n, _ := fmt.Sscanf(cell, "%d of %d ready", &ready, &all); n == 2 {
		if ready < all {
			return Caution
		}
		return Good
	}
	word, _, _ := strings.Cut(cell, " ")
	switch strings.ToLower(strings.TrimRight(word, ",:;")) {
	case "ok", "valid", "yes", "stored", "current", "ready", "created", "issued":
		return Good
	case "failed", "fail", "expired", "error", "refused", "unusable", "critical":
		return Bad
	case "warning", "pending", "requested", "expiring", "stale", "missing", "revoked", "high", "changed":
		return Caution
	case "?", "unknown", "incomplete":
		return Open
	case "-", "none", "elsewhere", "never":
		return Muted
	}
	return Even
}

// Labelled returns a line with a label such as "error: ", wrapped below the start of its text.
func (l Look) Labelled(tone Tone, label, text string) string {
	plain := l.Mark(tone) + label
	folded := l.Fold(plain+text, hangingColumns)
	return l.Paint(tone, plain) + strings.TrimPrefix(folded, plain)
}

package changes

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/summary"
)

// Change is a difference between two meshes.
type Change struct {
	Kind
	// Object identifies what changed: remoteAccess/west/east. Class is which of its values.
	Object, Class string
	// Clusters that the change is about.
	Clusters []string
	// From and To are the clusters of a change between two; otherwise empty.
	From, To string
	// Says what changed.
	Says Phrase
	// Common is what changes of one kind share when many of them are summarized.
	Common Phrase
	// Before and After are values; empty if there was or is none.
	Before, After []string
	// More is additional information for reviewers.
	More []Phrase
	// At is the line that makes the change, on the head side if possible.
	At summary.Place
}

// Fingerprint identifies the change in any two revisions by its kind, the identity of the object and the class of the
// value, never by a sentence, a value or a line.
func (c Change) Fingerprint() string {
	sum := sha256.Sum256([]byte(strings.Join([]string{string(c.ID), c.Object, c.Class}, "\x00")))
	return hex.EncodeToString(sum[:8])
}

// Phrase is text with values. They are separate because values need escaping, and the text does not.
type Phrase struct {
	// Format has a %s for each value.
	Format string
	Values []string
}

func say(format string, values ...string) Phrase { return Phrase{Format: format, Values: values} }

// With returns the text, with each value formatted by a function.
func (p Phrase) With(write func(value string) string) string {
	values := make([]any, len(p.Values))
	for i, value := range p.Values {
		values[i] = write(value)
	}
	return fmt.Sprintf(p.Format, values...)
}

func (p Phrase) String() string { return p.With(func(value string) string { return value }) }

// sortChanges orders changes for readers, severe ones first.
func sortChanges(all []Change) {
	rank := map[ID]int{}
	for i, kind := range reading() {
		rank[kind.ID] = i
	}
	slices.SortStableFunc(all, func(a, b Change) int {
		return cmp.Or(
			cmp.Compare(slices.Index(Severities(), a.Severity), slices.Index(Severities(), b.Severity)),
			cmp.Compare(rank[a.ID], rank[b.ID]),
			cmp.Compare(a.Object, b.Object),
			cmp.Compare(a.Class, b.Class),
			cmp.Compare(a.Says.String(), b.Says.String()),
		)
	})
}

func compareText[T ~string](a, b T) int { return cmp.Compare(a, b) }

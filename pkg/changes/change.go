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

// Change is one difference between two meshes.
type Change struct {
	Kind
	// Object is the identity of what changed: remoteAccess/west/east. Class is which value of it.
	Object, Class string
	// Clusters that the change is about.
	Clusters []string
	// From and To are the clusters of a change between two; empty where there are no two.
	From, To string
	// Says what changed.
	Says Phrase
	// Common is what changes of one kind can share when many of them are counted and listed.
	Common Phrase
	// Before and After are values; none where there was or is none.
	Before, After []string
	// More is what a reviewer should know besides.
	More []Phrase
	// At is the line that makes the change: on the head side where there is one.
	At summary.Place
}

// Fingerprint identifies the change in any two revisions: by its kind, the identity of the object, and the class of
// the value; never by a sentence, a value or a line.
func (c Change) Fingerprint() string {
	sum := sha256.Sum256([]byte(strings.Join([]string{string(c.ID), c.Object, c.Class}, "\x00")))
	return hex.EncodeToString(sum[:8])
}

// Phrase is text with values in it. The two are kept apart because only the text is ours.
type Phrase struct {
	// Format has a %s for each value.
	Format string
	Values []string
}

func say(format string, values ...string) Phrase { return Phrase{Format: format, Values: values} }

// With is the text with each value written by a function.
func (p Phrase) With(write func(value string) string) string {
	values := make([]any, len(p.Values))
	for i, value := range p.Values {
		values[i] = write(value)
	}
	return fmt.Sprintf(p.Format, values...)
}

func (p Phrase) String() string { return p.With(func(value string) string { return value }) }

// sortChanges orders changes as a reader needs them: the severe ones first.
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

package changes

import "slices"

// ID names a kind of change: MC001. It never changes its meaning.
type ID string

// Severity is how carefully a change has to be looked at.
type Severity string

// The severities.
const (
	// Danger: who can read, impersonate or redirect changes, or protection goes.
	Danger Severity = "danger"
	// Warning: traffic, trust or membership changes.
	Warning Severity = "warning"
	// Note: worth knowing.
	Note Severity = "note"
)

// Severities from the most severe down.
func Severities() []Severity { return []Severity{Danger, Warning, Note} }

// AtLeast tells whether a severity is as severe as another one.
func (s Severity) AtLeast(other Severity) bool {
	return slices.Index(Severities(), s) <= slices.Index(Severities(), other)
}

// Kind is a kind of change.
type Kind struct {
	ID       ID
	Severity Severity
	// Title names one change, Many follows a number: "new grants of remote access".
	Title, Many string
	// Why it matters, and what a reviewer should verify: a paragraph each, of plain words that mean nothing to
	// Markdown.
	Why, Review string
}

// reading returns every kind in the order in which a reader needs them: who is in the mesh, who reads whom, and so on.
func reading() []Kind {
	return slices.Concat(memberKinds(), accessKinds(), endpointKinds(), trustKinds(), networkKinds(), policyKinds(),
		siteKinds(), versionKinds(), renderedKinds())
}

// All returns every kind, sorted by ID.
func All() []Kind {
	all := reading()
	slices.SortFunc(all, func(a, b Kind) int { return compareText(a.ID, b.ID) })
	return all
}

// Find returns the kind with that ID.
func Find(id ID) (Kind, bool) {
	all := All()
	i := slices.IndexFunc(all, func(kind Kind) bool { return kind.ID == id })
	if i < 0 {
		return Kind{}, false
	}
	return all[i], true
}

// IDs returns the IDs of all kinds, sorted.
func IDs() []string {
	var ids []string
	for _, kind := range All() {
		ids = append(ids, string(kind.ID))
	}
	return ids
}

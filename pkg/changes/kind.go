package changes

import "slices"

// ID of a kind of change: MC001. It never changes its meaning.
type ID string

// Severity is how carefully a change must be reviewed.
type Severity string

// Severities.
const (
	// Danger: it changes who can read, impersonate or redirect, or removes protection.
	Danger Severity = "danger"
	// Warning: it changes traffic, trust or membership.
	Warning Severity = "warning"
	// Note: informational.
	Note Severity = "note"
)

// Severities returns all severities, most severe first.
func Severities() []Severity { return []Severity{Danger, Warning, Note} }

// AtLeast reports whether a severity is at least as severe as another.
func (s Severity) AtLeast(other Severity) bool {
	return slices.Index(Severities(), s) <= slices.Index(Severities(), other)
}

// Kind is a kind of change.
type Kind struct {
	ID       ID
	Severity Severity
	// Title names one change; Many follows a number: "new grants of remote access".
	Title, Many string
	// Why it matters, and what reviewers should verify: a paragraph each, without Markdown syntax.
	Why, Review string
}

// reading returns all kinds in reading order: members first, then remote access, and so on.
func reading() []Kind {
	return slices.Concat(memberKinds(), accessKinds(), endpointKinds(), trustKinds(), networkKinds(), policyKinds(),
		siteKinds(), versionKinds(), renderedKinds())
}

// All returns all kinds, sorted by ID.
func All() []Kind {
	all := reading()
	slices.SortFunc(all, func(a, b Kind) int { return compareText(a.ID, b.ID) })
	return all
}

// Find returns the kind with an ID.
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

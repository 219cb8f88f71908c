// Package changes says what a change of a mesh means: it compares two summaries, what the rules find in them and what
// they render to, and names each difference with a permanent ID.
//
// The package is pure. Its texts are docs/changes.md and what `kubectl mesh explain MC001` prints; an ID is never given
// twice, and a fingerprint never changes: dashboards and reviewers remember them.
package changes

//go:generate go run ../../internal/changesdoc ../../docs/changes.md

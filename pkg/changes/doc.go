// Package changes explains what a change of a mesh means: it compares two summaries, their findings and their rendered
// objects, and gives each difference a permanent ID.
//
// The package is pure. Its texts become docs/changes.md and the output of `kubectl mesh explain MC001`. IDs are never
// reused, and fingerprints never change, because dashboards and reviewers rely on them.
package changes

//go:generate go run ../../internal/changesdoc ../../docs/changes.md

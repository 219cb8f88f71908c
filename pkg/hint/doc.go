// Package hint attaches remedies to errors: what a person can do about one, a command or an edit.
//
// A remedy is data beside an error, never a part of its text. Wrapping keeps it, errors.Join keeps each
// with the error that it belongs to, and whoever prints an error asks List for the texts and their
// remedies. So text of somebody else can say what it likes: it never passes for a remedy of ours.
package hint

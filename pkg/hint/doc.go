// Package hint attaches remedies to errors: a command or an edit with which a person can fix the problem.
//
// A remedy is data attached to an error, never part of its text. Wrapping keeps it, errors.Join keeps each with its
// error, and printers of errors call List for texts and remedies. External text in an error can therefore never pass
// for a remedy.
package hint

// Package review says what a change of a workspace means between two Git revisions: it reads both out of the object
// database, and has pkg/changes compare them. Nothing is checked out, nothing in the repository is executed, and no
// credential is read.
package review

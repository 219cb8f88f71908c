// Package review explains a change of a workspace between two Git revisions: it reads both from the object database and
// compares them with pkg/changes. It checks nothing out, executes nothing in the repository, and reads no credential.
package review

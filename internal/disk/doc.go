// Package disk changes files below an open directory. Each change is one operation, so that tests can observe it, make
// it fail, or stop the process at it; no operation leaves the directory. It imports pkg/hint, the standard library and
// golang.org/x/sys.
package disk

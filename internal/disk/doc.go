// Package disk changes files below one open directory. Each change is one operation, so that a test can
// watch it, make it fail, or stop the process at it; no operation leaves the directory.
// It imports pkg/hint, the standard library and golang.org/x/sys, and knows nothing of what it writes.
package disk

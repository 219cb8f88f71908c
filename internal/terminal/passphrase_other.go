//go:build !unix

package terminal

// keepFromChildren: programs that are started from here inherit no other files.
func keepFromChildren(uintptr) {}

//go:build !unix

package cli

// keepFromChildren: programs that are started from here inherit no other files.
func keepFromChildren(uintptr) {}

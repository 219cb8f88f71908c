//go:build !unix

package terminal

// KeepFromChildren: programs that are started from here inherit no other files.
func KeepFromChildren() {}

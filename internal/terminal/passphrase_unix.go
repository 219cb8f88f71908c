//go:build unix

package terminal

import "syscall"

// keepFromChildren closes a file descriptor of the shell in programs that are started from here.
func keepFromChildren(fd uintptr) { syscall.CloseOnExec(int(fd)) }

//go:build !linux

package clusters

import "syscall"

// dieWithParent has no counterpart outside Linux; there, a test binary that is killed leaves its children behind.
func dieWithParent() *syscall.SysProcAttr {
	return nil
}

//go:build unix

package terminal

import "syscall"

// maxInherited is above the file descriptors that shells open: bash allocates them from 63 down for <(command).
const maxInherited = 256

// KeepFromChildren keeps files that the shell opened for this program, such as a passphrase, from git and from the exec
// plugins of a kubeconfig.
func KeepFromChildren() {
	for fd := 3; fd < maxInherited; fd++ {
		syscall.CloseOnExec(fd)
	}
}

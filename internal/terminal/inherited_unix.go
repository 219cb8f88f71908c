//go:build unix

package terminal

import "syscall"

// maxInherited is more than a shell opens: bash takes those from 63 down for <(command).
const maxInherited = 256

// KeepFromChildren keeps what the shell has opened for this program, a passphrase perhaps, from the programs that
// this one starts: git, and the exec plugins of a kubeconfig.
func KeepFromChildren() {
	for fd := 3; fd < maxInherited; fd++ {
		syscall.CloseOnExec(fd)
	}
}

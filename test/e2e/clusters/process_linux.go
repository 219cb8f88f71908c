package clusters

import "syscall"

// dieWithParent makes the kernel kill a child when the thread that started it ends, even if that thread's process was
// killed. The caller has to hold on to that thread (runtime.LockOSThread) while the child lives.
func dieWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}

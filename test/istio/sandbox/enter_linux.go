package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"syscall"
)

// inside is set in the environment of a process in the sandbox.
const inside = "KUBECTL_MESH_SANDBOX"

// Inside reports whether this process has entered.
func Inside() bool { return os.Getenv(inside) != "" }

// Enter runs this program again, with the same arguments, in namespaces of its own: network, mounts and processes. It
// returns the exit code of that run, which prints to these streams. When this process ends, so does everything in
// there.
func Enter(stdout, stderr io.Writer) (int, error) {
	runtime.LockOSThread() // the parent-death signal is tied to the thread
	defer runtime.UnlockOSThread()
	cmd := exec.Command("/proc/self/exe", os.Args[1:]...) //nolint:noctx // it ends with this process
	cmd.Args[0] = os.Args[0]
	cmd.Env = append(os.Environ(), inside+"=1")
	cmd.Stdout, cmd.Stderr = stdout, stderr
	cmd.SysProcAttr = namespaces()
	err := cmd.Run()
	if _, exited := errors.AsType[*exec.ExitError](err); err != nil && !exited {
		return 1, fmt.Errorf("enter namespaces: %w", err)
	}
	return cmd.ProcessState.ExitCode(), nil
}

// namespaces are those of the sandbox, which ends with its parent.
func namespaces() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWNET | syscall.CLONE_NEWNS | syscall.CLONE_NEWPID,
		Pdeathsig:  syscall.SIGKILL,
	}
}

// permitted reports whether this process may make namespaces.
func permitted() bool {
	cmd := exec.CommandContext(context.Background(), "true")
	cmd.SysProcAttr = namespaces()
	return cmd.Run() == nil
}

// own detaches what is mounted from now on from the machine, and mounts what belongs to these namespaces.
func own() error {
	if err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("detach mounts: %w", err)
	}
	for _, m := range []struct{ kind, at string }{{"proc", "/proc"}, {"tmpfs", "/run"}} {
		if err := syscall.Mount(m.kind, m.at, m.kind, 0, ""); err != nil {
			return fmt.Errorf("mount %s: %w", m.at, err)
		}
	}
	return nil
}

// bind shows a file at another place. The directories above the first need not be open to those who read the second.
func bind(from, to string) error {
	if err := os.WriteFile(to, nil, 0o755); err != nil {
		return err
	}
	if err := syscall.Mount(from, to, "", syscall.MS_BIND, ""); err != nil {
		return fmt.Errorf("show %s at %s: %w", from, to, err)
	}
	return nil
}

// cover puts a file in place of another one.
func cover(path, text string) error {
	const with = "/run/covers"
	if err := os.WriteFile(with, []byte(text), 0o644); err != nil {
		return err
	}
	if err := syscall.Mount(with, path, "", syscall.MS_BIND, ""); err != nil {
		return fmt.Errorf("cover %s: %w", path, err)
	}
	return nil
}

package clusters

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"time"
)

// grace is how long a program may take to end by itself. An API server drains for longer, but what it would still write
// is not needed.
const grace = 1500 * time.Millisecond

// process is a running program. Only its own handle is ever used to end it, never a name or a bare process ID.
type process struct {
	name string
	log  string
	cmd  *exec.Cmd
	done chan struct{} // closed when it has ended
}

// startProcess runs a program in dir with an empty environment; see startProcessWith.
func startProcess(dir, name, path string, args ...string) (*process, error) {
	return startProcessWith([]string{}, dir, name, path, args...)
}

// startProcessWith runs a program in dir with exactly this environment, so that nothing of the developer's shell
// (ETCD_*, proxies) reaches it, and appends its output to a log in dir.
func startProcessWith(env []string, dir, name, path string, args ...string) (*process, error) {
	log := filepath.Join(dir, name+".log")
	output, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the log of %s: %w", name, err)
	}
	defer func() { _ = output.Close() }() // the child has a descriptor of its own
	cmd := exec.Command(path, args...)    //nolint:noctx // it outlives the context of its start, until stop or kill
	cmd.Dir = dir
	cmd.Env = env
	cmd.Stdout, cmd.Stderr = output, output
	cmd.SysProcAttr = dieWithParent()
	p := &process{name: name, log: log, cmd: cmd, done: make(chan struct{})}
	started := make(chan error)
	go p.run(started)
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	return p, nil
}

// run starts the program and waits for its end on one thread; see dieWithParent.
func (p *process) run(started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := p.cmd.Start()
	started <- err
	if err != nil {
		return
	}
	_ = p.cmd.Wait() // what it says is in ProcessState too
	close(p.done)
}

// stop asks the program to end, and kills it when it takes longer than its grace. A nil process has ended already.
func (p *process) stop() {
	if p == nil {
		return
	}
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // fails only if it has ended
	select {
	case <-p.done:
	case <-time.After(grace):
		p.kill()
	}
}

// kill ends the program at once and returns when it is gone. A nil process has ended already.
func (p *process) kill() {
	if p == nil {
		return
	}
	_ = p.cmd.Process.Kill() // fails only if it has ended
	<-p.done
}

package crash

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/disk"
)

// Point is a file operation at which something happens, counted from 1 over all directories and goroutines with its
// Hook.
type Point struct {
	at      int64
	forever bool
	happen  func() error
	calls   atomic.Int64
}

// FailAt makes operation n fail.
func FailAt(n int, err error) *Point {
	return &Point{at: int64(n), happen: func() error { return err }}
}

// FailFrom makes operation n and all after it fail, as if the process had ended there.
func FailFrom(n int, err error) *Point {
	return &Point{at: int64(n), forever: true, happen: func() error { return err }}
}

// KillAt kills this process before operation n.
func KillAt(n int) *Point {
	return &Point{at: int64(n), happen: kill}
}

// Hook is the disk.Hook.
func (p *Point) Hook(string, string) error {
	if call := p.calls.Add(1); call == p.at || p.forever && call > p.at {
		return p.happen()
	}
	return nil
}

// Reached reports whether there were that many operations. A test that tries every n stops if there were not.
func (p *Point) Reached() bool { return p.calls.Load() >= p.at }

// kill ends the process without running deferred calls and handlers.
func kill() error {
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		return err
	}
	if err := self.Kill(); err != nil {
		return err
	}
	time.Sleep(time.Hour) // until the kill arrives, nothing else runs here
	return nil
}

// Parse parses a point passed to a process that a test started: "kill:17", or "fail:17" for a disk that is full at that
// operation. "" is no point.
func Parse(text string) (disk.Hook, error) {
	if text == "" {
		return nil, nil
	}
	verb, number, _ := strings.Cut(text, ":")
	n, err := strconv.Atoi(number)
	switch {
	case err != nil:
		return nil, fmt.Errorf("crash point %q: %w", text, err)
	case verb == "kill":
		return KillAt(n).Hook, nil
	case verb == "fail":
		return FailAt(n, syscall.ENOSPC).Hook, nil
	}
	return nil, fmt.Errorf("crash point %q: neither kill nor fail", text)
}

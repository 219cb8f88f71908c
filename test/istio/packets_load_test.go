package istio

import (
	"bufio"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/test/istio/istiod"
	"github.com/kubectl-mesh/kubectl-mesh/test/istio/sandbox"
)

// load is a client that calls the sample without pause.
type load struct {
	cmd  *exec.Cmd
	done chan struct{}

	mutex   sync.Mutex
	answers []string // who answered, or "failed: ..."
	log     []string // of what failed, with the time
}

// endless is the number of calls of a client that is stopped.
const endless = 0

func (m *packetMesh) startLoad(t *testing.T, caller member, calls int) *load {
	t.Helper()
	l := &load{done: make(chan struct{})}
	url := "http://" + istiod.Host + ":5000/hello"
	l.cmd = m.clients[caller.name].Command(t.Context(), sandbox.AppUser, m.self, workloadCommand, "call", url, strconv.Itoa(calls))
	out, err := l.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := l.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(l.done)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			l.take(lines.Text())
		}
	}()
	return l
}

func (l *load) take(line string) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	_, answer, _ := strings.Cut(line, " ")
	l.answers = append(l.answers, answer)
	if strings.HasPrefix(answer, "failed") {
		l.log = append(l.log, line)
	}
}

func (l *load) count() int {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return len(l.answers)
}

// await waits until so many calls more were made.
func (l *load) await(t *testing.T, calls int) {
	t.Helper()
	want := l.count() + calls
	deadline := time.After(settleTimeout)
	for tick := time.NewTicker(pollInterval); l.count() < want; {
		select {
		case <-tick.C:
		case <-l.done:
			t.Fatal("the client has ended")
		case <-deadline:
			t.Fatalf("of %d calls %d were made", want, l.count())
		}
	}
}

// stop ends the client, and counts its answers.
func (l *load) stop() map[string]int {
	_ = l.cmd.Process.Kill() // one that has ended by itself is gone too
	return l.wait()
}

// wait waits until the client has made its calls, and counts its answers.
func (l *load) wait() map[string]int {
	<-l.done
	_ = l.cmd.Wait() // it may have been killed
	counts := map[string]int{}
	for _, answer := range l.answers {
		counts[answer]++
	}
	return counts
}

// wantNoFailure asserts that every call was answered.
func (l *load) wantNoFailure(t *testing.T, caller string) {
	t.Helper()
	answers := l.stop()
	t.Logf("%s: %d calls, %d failed: %v", caller, len(l.answers), len(l.log), answers)
	if l.log != nil {
		t.Errorf("%s: %d of %d calls failed: %s", caller, len(l.log), len(l.answers), fmt.Sprint(l.log[:min(len(l.log), 5)]))
	}
}

func atoi(t *testing.T, text string) int {
	t.Helper()
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

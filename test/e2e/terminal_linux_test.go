package e2e

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-mesh/kubectl-mesh/test/e2e/clusters"
)

// terminal is a pseudo-terminal: keyboard and screen on one side, what the program sees on the other.
type terminal struct{ person, program *os.File }

func newTerminal(t *testing.T) terminal {
	t.Helper()
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skipf("needs a pseudo-terminal: %v", err)
	}
	number, err := unix.IoctlGetInt(int(person.Fd()), unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(int(person.Fd()), unix.TIOCSPTLCK, 0)
	}
	if err != nil {
		t.Fatalf("open a pseudo-terminal: %v", err)
	}
	program, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatalf("open a pseudo-terminal: %v", err)
	}
	t.Cleanup(func() { _ = person.Close() })
	return terminal{person, program}
}

// run runs the program at the terminal until it ends; at the question it types the keys, if there are any.
func (tty terminal) run(t *testing.T, w workspace, keys string, args ...string) outcome {
	t.Helper()
	return tty.answer(t, w, map[string]string{"[y/N] ": keys}, args...)
}

// answer runs the program at the terminal until it ends. At a line that ends like a key of keys it types them, once.
func (tty terminal) answer(t *testing.T, w workspace, keys map[string]string, args ...string) outcome {
	t.Helper()
	cmd := w.command(t, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = tty.program, tty.program, tty.program
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true} // so that Ctrl-C is a signal to it
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() }).Stop() // one that waits for an answer to nothing
	if err := tty.program.Close(); err != nil {                                 // reading ends when the program has closed it too
		t.Fatal(err)
	}
	var screen bytes.Buffer
	chunk := make([]byte, 1024)
	for {
		n, err := tty.person.Read(chunk)
		screen.Write(chunk[:n])
		if err != nil {
			break // how a pseudo-terminal says that the other side is closed
		}
		for prompt, typed := range keys {
			if typed == "" || !strings.HasSuffix(screen.String(), prompt) {
				continue
			}
			if _, err := tty.person.WriteString(typed); err != nil {
				t.Fatal(err)
			}
			keys[prompt] = ""
		}
	}
	_ = cmd.Wait() // its exit code follows
	return outcome{stderr: strings.ReplaceAll(screen.String(), "\r\n", "\n"), code: cmd.ProcessState.ExitCode()}
}

// tones are the colours and weights of a terminal.
var tones = regexp.MustCompile(`\x1b\[[0-9;]*m`)

// wantPlan counts the objects that a plan lists, and takes their lines away, and those of what is not checked, folded as
// they are, with all colours.
func (o *outcome) wantPlan(t *testing.T, objects int) {
	t.Helper()
	var rest []string
	for line := range strings.Lines(tones.ReplaceAllString(o.stderr, "")) {
		switch {
		case strings.Contains(line, ": creates "):
			objects--
		case !strings.Contains(line, ": not checked: ") && !strings.HasPrefix(line, "  "):
			rest = append(rest, line)
		}
	}
	if objects != 0 {
		t.Errorf("%d objects more were to be listed:\n%s", objects, o.stderr)
	}
	o.stderr = strings.Join(rest, "")
}

// TestApplyAsks: at a terminal a person is asked, unless there is nothing to do.
func TestApplyAsks(t *testing.T) {
	all := clusters.Start(t, "east", "west")
	w := newWorkspace(t, all)
	w.mustRun(t, "collect", "--token=skip")
	// Lines are folded at 80 columns; those that go on are not compared.
	unreviewed, _ := strings.CutSuffix(notInGit, " reviewed")
	plan := unreviewed + "\neast: 8 to create, 0 to change, 0 unchanged\nwest: 8 to create, 0 to change, 0 unchanged\n"
	const question, ctrlC, ctrlD = "apply this to 2 clusters? [y/N] ", "\x03", "\x04"
	for _, test := range []struct {
		name, keys, screen string
		code               int
		args               []string
	}{
		{"no", "n\n", plan + question + "n\nerror: not confirmed: nothing was changed\n", 1, nil},
		{"nothing typed", "\n", plan + question + "\nerror: not confirmed: nothing was changed\n", 1, nil},
		{"end of input", ctrlD, plan + question + "error: not confirmed: nothing was changed\n", 1, nil},
		{"a signal", ctrlC, plan + question + "^C\nerror: interrupted: nothing was changed\n", 130, nil},
		{"a dry run", "", plan + "next: kubectl mesh render --output-dir deploy\n", 3, []string{"--dry-run=server"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := newTerminal(t).run(t, w, test.keys, append([]string{"render", "--apply"}, test.args...)...)
			got.wantCode(t, test.code)
			got.wantPlan(t, 16)
			got.wantStderr(t, strings.TrimSuffix(test.screen, "\n"))
			for _, c := range all {
				if there := ours(t, c); len(there) > 0 {
					t.Errorf("%s: something was written: %v", c.Name, there)
				}
			}
		})
	}
	const progress = "east: applied accounts, permissions and gateways\nwest: applied accounts, permissions and gateways\n" +
		"east: applied remote secrets\nwest: applied remote secrets\n"
	const done = "east: 8 created, 0 changed, 0 unchanged\nwest: 8 created, 0 changed, 0 unchanged\nnext: kubectl mesh check"
	got := newTerminal(t).run(t, w, "Yes\n", "render", "--apply")
	got.wantCode(t, 0)
	got.wantPlan(t, 16)
	got.wantStderr(t, plan+question+"Yes\n"+progress+done)
	newTerminal(t).run(t, w, "", "render", "--apply").wantStderr(t, unreviewed+"\n  reviewed\neast: 0 to create, 0 to change, 8 unchanged\nwest: 0 to create, 0 to change, 8 unchanged\n"+
		"east: 0 created, 0 changed, 8 unchanged\nwest: 0 created, 0 changed, 8 unchanged\nnext: kubectl mesh check")
	if err := client(t, all[0]).CoreV1().Secrets(istioNamespace).Delete(t.Context(), "istio-remote-secret-west", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	got = newTerminal(t).run(t, w, "", "render", "--apply", "--yes")
	got.wantCode(t, 0)
	got.wantSaid(t, "east: 1 created, 0 changed, 7 unchanged\n")
	if strings.Contains(got.stderr, "[y/N]") || strings.Contains(got.stderr, "\x1b") {
		t.Errorf("--yes: got a question, or colour:\n%q", got.stderr)
	}
}

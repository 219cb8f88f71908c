package cli_test

import (
	"bytes"
	"context"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/fakeapi"
)

// soon is much longer than the program takes to end, and less than it ever waited for a server.
const soon = 4 * time.Second

// start runs the program as a process of its own.
func start(t *testing.T, in *os.File, args ...string) (process *exec.Cmd, stderr *bytes.Buffer) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	process = exec.CommandContext(t.Context(), self)
	process.Args = append([]string{"kubectl-mesh"}, args...) // TestMain goes by the name
	stderr = &bytes.Buffer{}
	process.Stdin, process.Stderr = in, stderr
	return process, stderr
}

// awaitInterrupted wants a process that was sent a signal to end by itself, soon, and with its exit code.
func awaitInterrupted(t *testing.T, process *exec.Cmd, stderr *bytes.Buffer) {
	t.Helper()
	sent := time.Now()
	_ = process.Wait() // the exit code says more
	if code, took := process.ProcessState.ExitCode(), time.Since(sent); code != 130 || took > soon {
		t.Errorf("exit code %d after %s, want 130 within %s:\n%s", code, took, soon, stderr)
	}
	if !strings.Contains(stderr.String(), "interrupted") {
		t.Errorf("said\n%s", stderr)
	}
}

// pty opens a terminal: what is written to master is typed, and its C^ is a signal.
func pty(t *testing.T) (master, slave *os.File) {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no terminals here: %v", err)
	}
	t.Cleanup(func() { _ = master.Close() })
	number, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0)
	}
	if err == nil {
		slave, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = slave.Close() })
	return master, slave
}

func echoes(t *testing.T, terminal *os.File) bool {
	t.Helper()
	state, err := unix.IoctlGetTermios(int(terminal.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	return state.Lflag&unix.ECHO != 0
}

// prompted waits until a process asks, which it does when the terminal shows no more what is typed.
func prompted(t *testing.T, slave *os.File) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); echoes(t, slave); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("nothing is asked for")
		}
	}
}

// TestInterruptPassphrase: ^C at a passphrase ends the command at once, whether or not it hears signals elsewhere;
// what the shell gets next is not a passphrase, and is shown.
func TestInterruptPassphrase(t *testing.T) {
	files := signingClusters()
	for name, args := range map[string][]string{
		"ca init":          {"ca", "init"},
		"ca rotate --root": {"ca", "rotate", "--root", "--offline"},
	} {
		t.Run(name, func(t *testing.T) {
			enter(t, files)
			if name != "ca init" {
				for _, before := range [][]string{{"ca", "init", "--insecure-no-passphrase"}, {"ca", "issue", "--all"}} {
					if got := run(false, before...); got.code != 0 {
						t.Fatalf("%v: %s", before, got.stderr)
					}
				}
			}
			master, slave := pty(t)
			process, stderr := start(t, slave, args...)
			process.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
			if err := process.Start(); err != nil {
				t.Fatal(err)
			}
			prompted(t, slave)
			if _, err := master.WriteString("\x03"); err != nil {
				t.Fatal(err)
			}
			awaitInterrupted(t, process, stderr)
			if !echoes(t, slave) {
				t.Error("the terminal does not show what is typed any more")
			}
			if _, err := os.Stat("credentials/next-root-key.pem.age"); err == nil {
				t.Error("a key is written")
			}
		})
	}
}

// TestInterruptDescriptor: a passphrase that never comes through a pipe.
func TestInterruptDescriptor(t *testing.T) {
	files := signingClusters()
	for name, args := range map[string][]string{
		"a mesh on stdin": {"collect", "-f", "-"},
		"a passphrase":    {"ca", "rotate", "--root", "--offline", "--passphrase-fd", "0"},
	} {
		t.Run(name, func(t *testing.T) {
			enter(t, files)
			for _, before := range [][]string{{"ca", "init", "--insecure-no-passphrase"}, {"ca", "issue", "--all"}} {
				if got := run(false, before...); got.code != 0 {
					t.Fatalf("%v: %s", before, got.stderr)
				}
			}
			read, write, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			defer write.Close()
			process, stderr := start(t, read, args...)
			if err := process.Start(); err != nil {
				t.Fatal(err)
			}
			asleep(t, process.Process.Pid)
			if err := process.Process.Signal(os.Interrupt); err != nil {
				t.Fatal(err)
			}
			awaitInterrupted(t, process, stderr)
		})
	}
}

// asleep waits until a process blocks in read(2) of a pipe on one of its threads.
func asleep(t *testing.T, pid int) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
		threads, _ := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
		for _, thread := range threads {
			where, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%s/syscall", pid, thread.Name()))
			if strings.HasPrefix(string(where), "0 0x0 ") { // read(0, …)
				return
			}
		}
		if time.Now().After(deadline) {
			t.Fatal("nothing is read")
		}
	}
}

// TestInterruptSilentServer: a server that takes connections and says nothing delays no end.
func TestInterruptSilentServer(t *testing.T) {
	for name, args := range map[string][]string{
		"collect":            {"collect", "--pin"},
		"diff":               {"diff"},
		"check":              {"check"},
		"status":             {"status", "--live"},
		"ca rotate":          {"ca", "rotate", "--root"},
		"credentials status": {"credentials", "status", "--live"},
		"render --apply":     {"render", "--apply", "--yes", "--allow-unreviewed"},
		"dry run":            {"render", "--apply", "--dry-run=server"},
		"credentials rotate": {"credentials", "rotate", "--link", "east-west", "--apply", "--yes", "--allow-unreviewed"},
		"credentials revoke": {"credentials", "revoke", "--link", "east-west", "--apply", "--yes"},
	} {
		t.Run(name, func(t *testing.T) {
			listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer listener.Close()
			silent := &fakeapi.Server{URL: "https://" + listener.Addr().String(), CA: []byte(authority)}
			kubeconfig := fakeapi.Kubeconfig(t, map[string]*fakeapi.Server{"ctx-east": silent, "ctx-west": silent})
			enter(t, signingClusters())
			for _, before := range [][]string{{"ca", "init", "--insecure-no-passphrase"}, {"ca", "issue", "--all"}} {
				if got := run(false, before...); got.code != 0 {
					t.Fatalf("%v: %s", before, got.stderr)
				}
			}
			process, stderr := start(t, nil, append(args, "--kubeconfig", kubeconfig)...)
			if err := process.Start(); err != nil {
				t.Fatal(err)
			}
			ended, end := context.WithTimeout(t.Context(), time.Minute)
			defer end()
			context.AfterFunc(ended, func() { _ = listener.Close() })
			connection, err := listener.Accept()
			if err != nil {
				_ = process.Process.Kill()
				t.Fatalf("nobody asks: %v\n%s", err, stderr)
			}
			defer connection.Close()
			if _, err := io.ReadFull(connection, make([]byte, 5)); err != nil { // it waits for an answer now
				_ = process.Wait()
				t.Fatalf("nothing is asked: %v\n%s", err, stderr)
			}
			if err := process.Process.Signal(os.Interrupt); err != nil {
				t.Fatal(err)
			}
			awaitInterrupted(t, process, stderr)
		})
	}
}

// TestInterruptHalfWay: a server that falls silent while things are written delays the end no longer than it takes to
// write down what was done elsewhere.
func TestInterruptHalfWay(t *testing.T) {
	east, hung := fakeapi.New(t, "uid-east"), make(chan struct{}, 100)
	silent := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPatch && r.URL.Query().Get("dryRun") == "" && !strings.Contains(r.URL.Path, "/configmaps/") {
			hung <- struct{}{}
			_, _ = io.Copy(io.Discard, r.Body)
			<-r.Context().Done()
			return
		}
		east.ServeHTTP(w, r)
	}))
	t.Cleanup(silent.Close)
	server := &fakeapi.Server{URL: silent.URL, CA: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: silent.Certificate().Raw})}
	files := twoClusters()
	files["mesh.yaml"] = strings.Replace(files["mesh.yaml"], "name: east, ", "name: east, uid: uid-east, ", 1)
	kubeconfig := fakeapi.Kubeconfig(t, map[string]*fakeapi.Server{"ctx-east": server})
	enter(t, files)
	process, stderr := start(t, nil, "render", "--apply", "--yes", "--allow-unreviewed", "--cluster", "east", "--kubeconfig", kubeconfig)
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-hung:
	case <-time.After(time.Minute):
		_ = process.Process.Kill()
		_ = process.Wait()
		t.Fatalf("nothing is written:\n%s", stderr)
	}
	if err := process.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	awaitInterrupted(t, process, stderr)
}

// TestTimeout: a silent server fails a command after a while.
func TestTimeout(t *testing.T) {
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	silent := &fakeapi.Server{URL: "https://" + listener.Addr().String(), CA: []byte(authority)}
	kubeconfig := fakeapi.Kubeconfig(t, map[string]*fakeapi.Server{"ctx-east": silent, "ctx-west": silent})
	enter(t, twoClusters())
	if got := run(false, "collect", "--pin", "--kubeconfig", kubeconfig, "--request-timeout=100ms"); got.code != 1 || !strings.Contains(got.stderr, "imeout") {
		t.Errorf("exit code %d and\n%s", got.code, got.stderr)
	}
}

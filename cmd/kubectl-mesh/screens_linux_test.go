package main

import (
	"bytes"
	"encoding/base64"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/fakeapi"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/repository"
)

var update = flag.Bool("update", false, "rewrite the screens")

// screen is a command as a person sees it.
type screen struct {
	name, args string
	// answer is typed at the question.
	answer string
	// change is made to the workspace before.
	change func(t *testing.T)
}

// reviewed is a mesh that was committed; its addresses are documentation.
const reviewed = `apiVersion: kubectl-mesh.dev/v1alpha1
kind: Mesh
metadata: {name: shop}
spec:
  reader: {allowNonExpiring: true}
  trust: {ca: {provider: none}}
  clusters:
  - {name: east, context: prod-east, network: lan, api: {server: "https://203.0.113.10"}}
  - {name: west, context: prod-west, network: lan, api: {server: "https://203.0.113.20"}}
`

// TestScreens shows the commands that people see most at terminals of two widths, with colours and without.
func TestScreens(t *testing.T) {
	offline := []screen{
		{name: "help", args: "--help"},
		{name: "help-status", args: "status --help"},
		{name: "init", args: "init -f first.yaml --context prod-east --context prod-west --name shop"},
		{name: "validate", args: "validate", change: breakMesh},
		{name: "render", args: "render --output-dir deploy"},
		{name: "status", args: "status"},
		{name: "describe", args: "describe"},
		{name: "review", args: "review", change: addCluster},
		{name: "usage", args: "rendr"},
	}
	for _, one := range offline {
		capture(t, one, func(t *testing.T) { enter(t, reviewed) })
	}
	live := []screen{
		{name: "plan", args: "render --apply --dry-run=server --allow-unreviewed"},
		{name: "apply", args: "render --apply --allow-unreviewed", answer: "n\n"},
		{name: "check", args: "check"},
	}
	for _, one := range live {
		capture(t, one, enterLive)
	}
}

// capture takes four pictures of a screen.
func capture(t *testing.T, one screen, enter func(t *testing.T)) {
	for _, columns := range []uint16{80, 120} {
		for _, colour := range []string{"colour", "plain"} {
			name := fmt.Sprintf("%s-%d-%s", one.name, columns, colour)
			t.Run(name, func(t *testing.T) {
				golden, err := filepath.Abs(filepath.Join("testdata", "screens", name+".txt"))
				if err != nil {
					t.Fatal(err)
				}
				enter(t)
				if one.change != nil {
					one.change(t)
				}
				compare(t, golden, take(t, one, columns, colour))
			})
		}
	}
}

// enter makes a repository with a committed mesh the current directory.
func enter(t *testing.T, mesh string) {
	t.Helper()
	home := t.TempDir()
	for name, value := range map[string]string{
		"HOME": home, "GIT_CONFIG_GLOBAL": os.DevNull, "GIT_CONFIG_NOSYSTEM": "1",
		"GIT_AUTHOR_DATE": "2026-01-02T03:04:05Z", "GIT_COMMITTER_DATE": "2026-01-02T03:04:05Z",
		"TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "CLICOLOR_FORCE": "", "NO_COLOR": "",
	} {
		t.Setenv(name, value)
	}
	t.Setenv("KUBECONFIG", fakeapi.Kubeconfig(t, map[string]*fakeapi.Server{
		"prod-east": {URL: "https://203.0.113.10"}, "prod-west": {URL: "https://203.0.113.20"}}))
	t.Chdir(t.TempDir())
	if err := repository.Init("."); err != nil {
		t.Fatal(err)
	}
	put(t, "mesh.yaml", mesh)
	if err := repository.Commit("."); err != nil {
		t.Fatal(err)
	}
}

// enterLive has two API servers in addition.
func enterLive(t *testing.T) {
	t.Helper()
	east, west := fakeapi.New(t, "uid-east"), fakeapi.New(t, "uid-west")
	mesh := reviewed
	for url, server := range map[string]*fakeapi.Server{"203.0.113.10": east, "203.0.113.20": west} {
		api := fmt.Sprintf("%q, certificateAuthorityData: %s", server.URL, base64.StdEncoding.EncodeToString(server.CA))
		mesh = strings.Replace(mesh, `"https://`+url+`"`, api, 1)
	}
	for _, name := range []string{"east", "west"} {
		mesh = strings.Replace(mesh, "{name: "+name, "{name: "+name+", uid: uid-"+name, 1)
	}
	mesh += "  waivers: [{rule: MESH006, reason: all on one machine}]\n"
	enter(t, mesh)
	t.Setenv("KUBECONFIG", fakeapi.Kubeconfig(t, map[string]*fakeapi.Server{"prod-east": east, "prod-west": west}))
}

func breakMesh(t *testing.T) {
	t.Helper()
	mesh := strings.Replace(reviewed, "provider: none", "provider: files", 1)
	mesh = strings.Replace(mesh, "https://203.0.113.20", "https://127.0.0.1:6443", 1)
	put(t, "mesh.yaml", strings.ReplaceAll(mesh, "network: lan, ", "network: lan, istio: {distribution: solo, version: 1.27.3-solo}, "))
}

func addCluster(t *testing.T) {
	t.Helper()
	put(t, "mesh.yaml", reviewed+"  - {name: north, context: prod-north, network: lan, api: {server: \"https://203.0.113.30\"}}\n")
}

func put(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// take runs a command at a terminal of its own.
func take(t *testing.T, one screen, columns uint16, colour string) string {
	t.Helper()
	master, slave := openTerminal(t, columns)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	process := exec.CommandContext(t.Context(), self)
	process.Args = append([]string{"kubectl-mesh"}, strings.Fields(one.args)...) // TestMain goes by the name
	process.Stdin, process.Stdout, process.Stderr = slave, slave, slave
	process.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	process.Env = os.Environ()
	if colour == "plain" {
		process.Env = append(process.Env, "NO_COLOR=1", "LC_ALL=C")
	}
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	_ = slave.Close() // the process has it: its end is that of the terminal
	shown := watch(t, master, one.answer)
	_ = process.Wait() // the exit code is a part of the screen
	return fmt.Sprintf("%s[exit code %d]\n", normalized(shown), process.ProcessState.ExitCode())
}

// watch reads what is shown until nobody writes any more, and answers a question.
func watch(t *testing.T, master *os.File, answer string) string {
	t.Helper()
	var shown bytes.Buffer
	part := make([]byte, 4096)
	for {
		n, err := master.Read(part)
		shown.Write(part[:n])
		if answer != "" && bytes.HasSuffix(shown.Bytes(), []byte("[y/N] ")) {
			if _, err := io.WriteString(master, answer); err != nil {
				t.Fatal(err)
			}
			answer = ""
		}
		if errors.Is(err, syscall.EIO) || errors.Is(err, io.EOF) {
			return shown.String()
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// openTerminal opens a pseudo-terminal of a width.
func openTerminal(t *testing.T, columns uint16) (master, slave *os.File) {
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
	if err == nil {
		err = unix.IoctlSetWinsize(int(slave.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 40, Col: columns})
	}
	if err != nil {
		t.Fatal(err)
	}
	return master, slave
}

// normalized replaces what is another one in each run by something of the same width.
func normalized(shown string) string {
	shown = strings.ReplaceAll(shown, "\r\n", "\n")
	if dir, err := os.Getwd(); err == nil {
		shown = strings.ReplaceAll(shown, dir, "/work")
	}
	shown = regexp.MustCompile(`127\.0\.0\.1:\d{5}`).ReplaceAllString(shown, "127.0.0.1:00000")
	shown = regexp.MustCompile(`\b[0-9a-f]{64}\b`).ReplaceAllString(shown, strings.Repeat("0", 64))
	// A slow machine shows progress, which is erased.
	return regexp.MustCompile(`(\x1b\[2m)?\S kubectl mesh [^\n]*?: \d+s(\x1b\[22m)?\r\x1b\[K`).ReplaceAllString(shown, "")
}

func compare(t *testing.T, golden, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(golden), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("another screen; -update accepts it (-want +got):\n%s", diff)
	}
}

//go:build unix

package cli_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/repository"
)

// TestQuickStart: the quick start in README.md, and the status in docs/workspace.md after it, are what the program prints.
func TestQuickStart(t *testing.T) {
	var pages []string
	for _, name := range []string{"../../README.md", "../../docs/workspace.md"} {
		page, err := filepath.Abs(name)
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, page)
	}
	enterContexts(t)
	for _, page := range pages {
		checkConsole(t, page)
	}
}

// checkConsole runs the commands of the first console block of a page, and compares what it shows with what they print.
func checkConsole(t *testing.T, name string) {
	t.Helper()
	page, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(page), "```console\n")
	shown, after, closed := strings.Cut(rest, "```\n")
	if !found || !closed {
		t.Fatalf("%s has no console block", name)
	}
	printed := quickStart(t, shown)
	if masked(shown) == masked(printed) {
		return
	}
	if *update {
		if err := os.WriteFile(name, []byte(before+"```console\n"+printed+"```\n"+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Errorf("%s shows another output (-update corrects it):\n%s", name, cmp.Diff(masked(shown), masked(printed)))
}

// TestReadmePicture: the picture in README.md is the one that describe makes of the example.
func TestReadmePicture(t *testing.T) {
	page, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	got := run(false, "describe", "-o", "mermaid", "-f", "../../examples/two-clusters/mesh.yaml")
	if got.code != 0 || !strings.Contains(string(page), "```mermaid\n"+got.stdout+"```\n") {
		t.Errorf("README.md does not show this picture:\n%s%s", got.stdout, got.stderr)
	}
}

// enterContexts makes a repository with a kubeconfig of contexts east and west the current directory.
func enterContexts(t *testing.T) {
	t.Helper()
	examples, err := filepath.Abs("../../examples/two-clusters/clusters")
	if err != nil {
		t.Fatal(err)
	}
	text := "{apiVersion: v1, kind: Config, users: [{name: me, user: {token: mine}}],\nclusters: ["
	contexts := "],\ncontexts: ["
	for i, name := range []string{"east", "west"} {
		text += fmt.Sprintf("{name: %s, cluster: {server: 'https://203.0.113.%d:6443', certificate-authority: '%s/%s-api.crt'}},",
			name, 10*(i+1), filepath.ToSlash(examples), name)
		contexts += fmt.Sprintf("{name: %s, context: {cluster: %s, user: me}},", name, name)
	}
	kubeconfig := filepath.Join(t.TempDir(), "kubeconfig")
	if err := os.WriteFile(kubeconfig, []byte(text+contexts+"]}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	t.Setenv("KUBECONFIG", kubeconfig)
	if err := repository.Init("."); err != nil {
		t.Fatal(err)
	}
}

// quickStart runs the commands of a console block and returns the block with what they print.
func quickStart(t *testing.T, block string) string {
	t.Helper()
	var printed strings.Builder
	for line := range strings.Lines(block) {
		command, ours := strings.CutPrefix(line, "$ kubectl mesh ")
		if !ours {
			continue
		}
		command, _, _ = strings.Cut(command, "#")
		args := strings.Fields(command)
		if args[0] == "ca" && args[1] != "status" {
			args = append(args, "--passphrase-fd", passphrase(t))
		}
		got := run(false, args...)
		if got.code != 0 && got.code != 3 {
			t.Fatalf("%s: exit code %d\n%s", command, got.code, got.stderr)
		}
		if printed.Len() > 0 {
			printed.WriteString("\n")
		}
		printed.WriteString(line + got.stdout + got.stderr)
	}
	return printed.String()
}

// passphrase returns the number of a file descriptor that has one to read.
func passphrase(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "passphrase")
	if err := os.WriteFile(file, []byte("correct horse battery staple\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	open, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = open.Close() }()
	fd, err := syscall.Dup(int(open.Fd())) // the program makes it its own, and closes it
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(fd)
}

// masked leaves out what differs from run to run: fingerprints and dates.
func masked(text string) string {
	text = regexp.MustCompile(`\b[0-9a-f]{64}\b|\b[0-9a-f]{16}\b`).ReplaceAllString(text, "FINGERPRINT")
	return regexp.MustCompile(`\b20\d\d-\d\d-\d\d\b`).ReplaceAllString(text, "DATE")
}

package clusters

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// goFlags leave out debug information, which halves the build cache. They replace the caller's: -race or -cover are
// meant for the tests, not for Kubernetes. Compile flags are part of the build cache's key, so tests that run with
// these in GOFLAGS share what was compiled for the programs.
const goFlags = "-trimpath -gcflags=all=-dwarf=false"

// versions are the module versions that the go.mod of this module selects.
type versions struct {
	kubernetes string
	etcd       string
}

func moduleVersions(ctx context.Context) (versions, error) {
	out, err := goCommand(ctx, "list", "-m", "-f", "{{.Version}}", kubernetesModule, etcdModule)
	if err != nil {
		return versions{}, fmt.Errorf("find the versions to build: %w", err)
	}
	lines := strings.Fields(out)
	if len(lines) != 2 {
		return versions{}, fmt.Errorf("find the versions to build: go list says %q", out)
	}
	return versions{kubernetes: lines[0], etcd: lines[1]}, nil
}

// moduleDir returns the directory of a module's files.
func moduleDir(ctx context.Context, module string) (string, error) {
	out, err := goCommand(ctx, "list", "-m", "-f", "{{.Dir}}", module)
	if err != nil {
		return "", fmt.Errorf("find the folder of %s: %w", module, err)
	}
	dir := strings.TrimSpace(out)
	if dir == "" {
		return "", fmt.Errorf("find the folder of %s: not downloaded", module)
	}
	return dir, nil
}

// goCommand runs the go command in this module.
func goCommand(ctx context.Context, args ...string) (string, error) {
	dir, err := home()
	if err != nil {
		return "", err
	}
	return Go(ctx, dir, args...)
}

// home returns the directory of this module: the working directory is somewhere in the repository, but may be in
// another module that starts clusters too.
func home() (string, error) {
	start, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("find the module of the clusters: %w", err)
	}
	for dir := start; ; dir = filepath.Dir(dir) {
		module := filepath.Join(dir, "test", "e2e")
		if _, err := os.Stat(filepath.Join(module, "go.mod")); err == nil {
			return module, nil
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("find the module of the clusters: no test/e2e/go.mod above %s", start)
		}
	}
}

// Go runs the go command in a directory and returns its standard output; its standard error becomes part of the error.
// The flags are those with which the programs of the clusters are built, so that what they share is compiled once.
func Go(ctx context.Context, dir string, args ...string) (string, error) {
	runtime.LockOSThread() // see dieWithParent
	defer runtime.UnlockOSThread()
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS="+goFlags)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.SysProcAttr = dieWithParent()
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("run go %s: %w: %s", args[0], err, bytes.TrimSpace(stderr.Bytes()))
	}
	return stdout.String(), nil
}

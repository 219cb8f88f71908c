package clusters

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
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

// moduleDir returns the folder of a module's files.
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

// goCommand returns the standard output of the go command; its standard error becomes part of the error.
func goCommand(ctx context.Context, args ...string) (string, error) {
	runtime.LockOSThread() // see dieWithParent
	defer runtime.UnlockOSThread()
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Env = append(os.Environ(), "GOFLAGS="+goFlags)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.SysProcAttr = dieWithParent()
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("run go %s: %w: %s", args[0], err, bytes.TrimSpace(stderr.Bytes()))
	}
	return stdout.String(), nil
}

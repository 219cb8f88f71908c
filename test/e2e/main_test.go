// Package e2e runs the program against real Kubernetes control planes (package clusters). It drives the built binary,
// as a user does; what it knows of the clusters it asks them itself. It may import the packages under test only where
// they are the subject, never to say what is right.
package e2e

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// program is the path of the binary under test.
var program string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "kubectl-mesh-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()     // what stays is clutter
	if err := os.Chmod(dir, 0o755); err != nil { // a test runs the program as somebody else
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	program = filepath.Join(dir, "kubectl-mesh")
	build := exec.CommandContext(context.Background(), "go", "build", "-ldflags=-X main.version=v0.0.0-e2e", "-o", program, "./cmd/kubectl-mesh")
	build.Dir = filepath.Join("..", "..")
	build.Env = append(os.Environ(), "GOFLAGS=", "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build the program: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

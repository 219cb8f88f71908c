// Package istio runs what the program renders on real istiods (package istiod) beside real Kubernetes control planes.
// It drives the built binary, as a user does; what istiod knows and what a proxy gets it asks istiod itself. Every
// test runs on each line of Istio below lines/.
package istio

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/test/istio/istiod"
	"github.com/kubectl-mesh/kubectl-mesh/test/istio/sandbox"
)

// program is the path of the binary under test.
var program string

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == workloadCommand {
		os.Exit(runWorkload(os.Args[2:]))
	}
	os.Exit(run(m))
}

func run(m *testing.M) int {
	if sandbox.Inside() {
		program = os.Getenv(programVariable)
		return m.Run()
	}
	dir, err := os.MkdirTemp("", "kubectl-mesh-istio-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }() // what stays is clutter
	program = filepath.Join(dir, "kubectl-mesh")
	build := exec.CommandContext(context.Background(), "go", "build", "-o", program, "./cmd/kubectl-mesh")
	build.Dir = filepath.Join("..", "..")
	build.Env = append(os.Environ(), "GOFLAGS=", "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build the program: %v\n%s", err, out)
		return 1
	}
	if os.Getenv(packetsVariable) != "" {
		return runInside()
	}
	return m.Run()
}

const (
	// packetsVariable is set where the tests that send packets are to run, which need a sandbox: "required", or anything
	// else to skip them on a machine that has none.
	packetsVariable = "PACKETS"
	programVariable = "KUBECTL_MESH_PROGRAM"
)

// runInside runs the tests in a sandbox.
func runInside() int {
	if missing := sandbox.Missing(); missing != nil {
		slices.Sort(missing)
		fmt.Fprintf(os.Stderr, "\n*** SKIPPED: no packet was sent through a real proxy. Missing here: %s. ***\n\n", strings.Join(missing, ", "))
		if os.Getenv(packetsVariable) == "required" {
			return 1
		}
		return 0
	}
	if err := os.Setenv(programVariable, program); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	code, err := sandbox.Enter(os.Stdout, os.Stderr)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	return code
}

// eachLine runs a test on every line of Istio. They run side by side: what takes long is to wait that nothing happens.
func eachLine(t *testing.T, test func(*testing.T, istiod.Line)) {
	t.Helper()
	dirs, err := istiod.Find("lines")
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range dirs {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			t.Parallel()
			line, err := istiod.Build(t.Context(), dir)
			if err != nil {
				t.Fatal(err)
			}
			test(t, line)
		})
	}
}

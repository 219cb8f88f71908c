package output_test

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/internal/output"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/crash"
)

// The test binary is also the program that is killed: these variables say what it writes.
const (
	childCase  = "OUTPUT_TEST_CASE"
	childDir   = "OUTPUT_TEST_DIR"
	childPoint = "OUTPUT_TEST_POINT"
)

func TestMain(m *testing.M) {
	name := os.Getenv(childCase)
	if name == "" {
		os.Exit(m.Run())
	}
	if err := runChild(name); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func runChild(name string) error {
	hook, err := crash.Parse(os.Getenv(childPoint))
	if err != nil {
		return err
	}
	for _, c := range crashCases() {
		if c.name == name {
			c.opts.Hook = hook
			_, err = output.Write(os.Getenv(childDir), c.tree, c.opts)
		}
	}
	return err
}

// A real process is killed at each file operation: what it leaves is completed or cleaned up.
func TestKill(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range crashCases() {
		if c.name != "next" && c.name != "private" {
			continue // the others are killed without a process
		}
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var dir string
			var before map[string]string
			outcomes := map[string]int{}
			crash.EachKill(t, func(point string) *exec.Cmd {
				dir = c.prepare(t)
				before = snapshot(t, dir)
				cmd := exec.CommandContext(t.Context(), self)
				cmd.Env = append(os.Environ(), childCase+"="+c.name, childDir+"="+dir, childPoint+"="+point)
				return cmd
			}, func(point string) {
				outcomes[c.checkRecovered(t, point, dir, before)]++
			})
			if t.Logf("%v", outcomes); outcomes["before"] < 10 || outcomes["after"] < 5 {
				t.Error("too few kills on one side of the commit")
			}
			for name := range snapshot(t, dir) {
				if strings.HasPrefix(name, ".kubectl-mesh-staging-") {
					t.Errorf("%s is left", name)
				}
			}
		})
	}
}

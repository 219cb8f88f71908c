package writers_test

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/kubectl-mesh/kubectl-mesh/internal/cli"
	"github.com/kubectl-mesh/kubectl-mesh/internal/disk"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/crash"
)

// The test binary is also the program that tests start and kill: this variable says where. The program itself has
// no such variable.
const killPoint = "WRITERS_TEST_POINT"

func TestMain(m *testing.M) {
	point, isProgram := os.LookupEnv(killPoint)
	if !isProgram {
		useMemory()
		os.Exit(m.Run())
	}
	hook, err := crash.Parse(point)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	os.Exit(cli.Main(cli.System{
		IOStreams: genericiooptions.IOStreams{In: os.Stdin, Out: os.Stdout, ErrOut: os.Stderr}, Hook: hook,
	}, os.Args))
}

// useMemory puts temporary files where nothing waits for a disk, if there is such a place: these tests sync
// thousands of files. Each test still has directories of its own, which it removes.
func useMemory() {
	const memory = "/dev/shm"
	if dir, err := os.MkdirTemp(memory, "kubectl-mesh-*"); err == nil && os.Remove(dir) == nil {
		_ = os.Setenv("TMPDIR", memory) // or else it takes longer
	}
}

// result is what a run of the program left for others to see.
type result struct {
	code           int
	stdout, stderr string
}

// run calls the program in this process; hook may be nil.
func run(hook disk.Hook, args ...string) result {
	var in, out, errOut bytes.Buffer
	code := cli.Main(cli.System{
		IOStreams: genericiooptions.IOStreams{In: &in, Out: &out, ErrOut: &errOut}, Hook: hook,
	}, append([]string{"kubectl-mesh"}, args...))
	return result{code: code, stdout: out.String(), stderr: errOut.String()}
}

func (r result) String() string {
	return fmt.Sprintf("exit code %d, stderr:\n%s", r.code, strings.TrimSpace(r.stderr))
}

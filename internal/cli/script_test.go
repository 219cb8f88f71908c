package cli_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/term"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/kubectl-mesh/kubectl-mesh/internal/cli"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/repository"
)

var update = flag.Bool("update", false, "rewrite what the scripts expect")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"kubectl-mesh": program, "kubectl_complete-mesh": program})
}

// program is main of cmd/kubectl-mesh, with a version that is known.
func program() {
	os.Exit(cli.Main(cli.System{
		IOStreams:    genericiooptions.IOStreams{In: os.Stdin, Out: os.Stdout, ErrOut: os.Stderr},
		InIsTerminal: term.IsTerminal(int(os.Stdin.Fd())),
		Version:      "v0.0.0-test",
	}, os.Args))
}

// TestScript runs the contracts of the program: streams, exit codes, nothing left behind.
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                filepath.Join("testdata", "script"),
		UpdateScripts:      *update,
		RequireUniqueNames: true,
		Cmds:               scriptCommands(),
		Setup:              setUp,
		Condition:          condition,
	})
}

// condition knows [root]: whoever is root may read and write everything.
func condition(name string) (bool, error) {
	if name != "root" {
		return false, fmt.Errorf("no condition %q", name)
	}
	return os.Geteuid() == 0, nil
}

// setUp gives a script the characters that it cannot write, dumps of gcloud, and no kubeconfig.
func setUp(env *testscript.Env) error {
	for name, text := range map[string]string{"ESC": "\x1b", "NL": "\n", "BEL": "\a", "RLO": "\u202e"} {
		env.Setenv(name, text)
	}
	dumps, err := filepath.Abs("../../pkg/gke/testdata")
	if err != nil {
		return err
	}
	env.Setenv("DUMPS", dumps) // of gcloud
	env.Setenv("KUBECONFIG", filepath.Join(env.WorkDir, "no-kubeconfig"))
	return repository.Init(env.WorkDir)
}

// Command kubectl-mesh is the kubectl plugin: streams and arguments in, an exit code out. It
// imports internal/cli and nothing else of the project.
package main

import (
	"os"

	"golang.org/x/term"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/kubectl-mesh/kubectl-mesh/internal/cli"
)

// version is set by the linker for a release; otherwise the build information tells.
var version string //nolint:gochecknoglobals // the linker's -X writes to a variable and nothing else

func main() {
	system := cli.System{
		IOStreams:     genericiooptions.IOStreams{In: os.Stdin, Out: os.Stdout, ErrOut: os.Stderr},
		OutIsTerminal: term.IsTerminal(int(os.Stdout.Fd())),
		Version:       version,
	}
	os.Exit(cli.Main(system, os.Args))
}

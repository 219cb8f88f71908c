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
var version string

// isPipe reports whether a program reads what is written; a file may be read later.
func isPipe(file *os.File) bool {
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeNamedPipe != 0
}

func main() {
	paceCollection()
	system := cli.System{
		IOStreams:     genericiooptions.IOStreams{In: os.Stdin, Out: os.Stdout, ErrOut: os.Stderr},
		InIsTerminal:  term.IsTerminal(int(os.Stdin.Fd())),
		OutIsTerminal: term.IsTerminal(int(os.Stdout.Fd())),
		OutIsPipe:     isPipe(os.Stdout),
		Version:       version,
	}
	os.Exit(cli.Main(system, os.Args))
}

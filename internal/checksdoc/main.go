// Command checksdoc writes docs/checks.md from the checks, which are also what `kubectl mesh
// explain` prints. It imports pkg/check, and is run by go generate.
package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/check"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "error: "+err.Error()) //nolint:forbidigo // a main package has the process's own streams
		os.Exit(1)                                     //nolint:forbidigo // and decides its exit code
	}
}

// run writes the page into the one file that it is told.
func run(args []string) error {
	if len(args) != 1 {
		return errors.New("specify the output file: checksdoc docs/checks.md")
	}
	return os.WriteFile(args[0], []byte(page(check.All())), 0o644)
}

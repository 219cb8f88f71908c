// Command upstreamdoc writes docs/supported.md from the tables of pkg/upstream. It imports pkg/upstream, and is run by
// go generate.
package main

import (
	"errors"
	"fmt"
	"os"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "error: "+err.Error()) //nolint:forbidigo // a main package has the process's own streams
		os.Exit(1)                                     //nolint:forbidigo // and decides its exit code
	}
}

// run writes the page into the one file that is named.
func run(args []string) error {
	if len(args) != 1 {
		return errors.New("specify the output file: upstreamdoc docs/supported.md")
	}
	return os.WriteFile(args[0], []byte(page()), 0o644)
}

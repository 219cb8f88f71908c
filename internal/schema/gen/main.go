// Command gen writes the JSON Schemas of the API package in the current folder, beside its
// source. It imports internal/schema, and is run by go generate.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/kubectl-mesh/kubectl-mesh/internal/schema"
)

func main() {
	if err := run("."); err != nil {
		fmt.Fprintln(os.Stderr, "error: "+err.Error()) //nolint:forbidigo // a main package has the process's own streams
		os.Exit(1)                                     //nolint:forbidigo // and decides its exit code
	}
}

// run writes nothing unless every schema can be made.
func run(folder string) error {
	files, err := schema.Generate(os.DirFS(folder))
	if err != nil {
		return err
	}
	for _, file := range files {
		if err := os.WriteFile(filepath.Join(folder, file.Name), file.Content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

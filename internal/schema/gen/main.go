// Command gen writes the JSON Schemas of the API package in the current directory, beside its
// source. It imports internal/schema and the kinds of credentials,
// and is run by go generate.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/kubectl-mesh/kubectl-mesh/internal/schema"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
)

func main() {
	if err := run("."); err != nil {
		fmt.Fprintln(os.Stderr, "error: "+err.Error()) //nolint:forbidigo // a main package has the process's own streams
		os.Exit(1)                                     //nolint:forbidigo // and decides its exit code
	}
}

// kinds are the values of reader.auth.
func kinds() schema.Enum {
	enum := schema.Enum{Type: "ReaderAuth"}
	for _, auth := range access.Auths() {
		enum.Values = append(enum.Values, string(auth))
	}
	return enum
}

// run writes nothing unless every schema can be made.
func run(dir string) error {
	files, err := schema.Generate(os.DirFS(dir), kinds())
	if err != nil {
		return err
	}
	for _, file := range files {
		if err := os.WriteFile(filepath.Join(dir, file.Name), file.Content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

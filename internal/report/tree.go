package report

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/output"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/printable"
)

// TreeDifferences prints a line for each path that differs from the rendering, sorted by path.
func TreeDifferences(w io.Writer) func(dir string, list []output.Difference) error {
	return func(dir string, list []output.Difference) error { return treeDifferences(w, dir, list) }
}

func treeDifferences(w io.Writer, dir string, list []output.Difference) error {
	slices.SortStableFunc(list, func(a, b output.Difference) int { return strings.Compare(a.Path, b.Path) })
	for _, d := range list {
		name := printable.Escape(filepath.Join(dir, filepath.FromSlash(d.Path))) // the name comes from the author of the file
		if _, err := fmt.Fprintf(w, "%s\t%s\n", d.Kind, name); err != nil {
			return err
		}
	}
	return nil
}

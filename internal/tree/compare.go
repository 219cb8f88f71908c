package tree

import (
	"errors"
	"fmt"

	"github.com/kubectl-mesh/kubectl-mesh/internal/output"
	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// Compare prints how each directory differs from the rendering of its mesh file, and unmanaged files. The error counts
// both.
func Compare(name string, trees []Tree, show func(dir string, list []output.Difference) error) error {
	var differs, unmanaged int
	for _, t := range trees {
		changed, err := t.Check()
		if err != nil {
			return err
		}
		siblings, err := t.Unmanaged()
		if err != nil {
			return err
		}
		if err := show(t.Dir, append(changed, siblings...)); err != nil {
			return err
		}
		differs, unmanaged = differs+len(changed), unmanaged+len(siblings)
	}
	var problems []error
	if differs > 0 {
		text := fmt.Sprintf("%s from what %s renders", terminal.Count(differs, "difference"), name)
		problems = append(problems, hint.New("run the same command without --check", text))
	}
	if unmanaged > 0 {
		const remedy = "move these files out of the directory, or delete them"
		problems = append(problems, hint.New(remedy, terminal.Count(unmanaged, "unmanaged file")))
	}
	return errors.Join(problems...)
}

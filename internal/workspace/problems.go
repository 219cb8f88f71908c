package workspace

import (
	"fmt"

	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
)

// Problems is an error that carries the problems of inputs; they are printed one by one.
type Problems struct {
	Name string // of what has the problems
	List []mesh.Problem
	Rest string // where to see those that are too many to print
}

func (e *Problems) Error() string {
	stopping := 0
	for _, problem := range e.List {
		if problem.Stops() {
			stopping++
		}
	}
	return fmt.Sprintf("%s in %s", terminal.Count(stopping, "problem"), e.Name)
}

package workspace

import (
	"fmt"

	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
)

// Stopped is the error of a workspace that has problems which stop the work.
func Stopped(name string, problems []mesh.Problem, filename string) *Problems {
	return &Problems{Name: name, List: problems, Rest: ListAll(filename), Validate: Validate(filename)}
}

// Problems is an error that carries the problems of inputs; they are printed one by one.
type Problems struct {
	Name string // of what has the problems
	List []mesh.Problem
	Rest string // where to see those that are too many to print
	// Validate is the command that lists those that do not stop the work; empty: they are printed with the others.
	Validate string
}

func (e *Problems) Error() string {
	stopping := mesh.CountFindings(mesh.Findings(e.List))[mesh.SeverityError]
	return fmt.Sprintf("%s in %s", terminal.Count(stopping, "problem"), e.Name)
}

package workspace

import (
	"fmt"

	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
)

// Stopped is the error of a workspace with problems that stop the command.
func Stopped(name string, problems []mesh.Problem, filename string) *Problems {
	return &Problems{Name: name, List: problems, Rest: ListAll(filename), Validate: Validate(filename)}
}

// Problems is an error with the problems of inputs, which are printed separately.
type Problems struct {
	Name string // of the inputs
	List []mesh.Problem
	Rest string // where to see those that are not printed
	// Validate is the command that lists the problems that do not stop the command; if empty, they are printed too.
	Validate string
}

func (e *Problems) Error() string {
	stopping := mesh.CountFindings(mesh.Findings(e.List))[mesh.SeverityError]
	return fmt.Sprintf("%s in %s", terminal.Count(stopping, "problem"), e.Name)
}

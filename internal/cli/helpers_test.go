package cli

import (
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// words is an error as a person reads it: each problem, and its remedies below it.
func words(err error) string {
	var lines []string
	for _, problem := range hint.List(err) {
		lines = append(lines, problem.Text)
		for _, remedy := range problem.Remedies {
			lines = append(lines, "hint: "+remedy)
		}
	}
	return strings.Join(lines, "\n")
}

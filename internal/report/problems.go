package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/scan"
	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// Problems prints problems as data, and the addresses of API servers if there are any.
func Problems(w io.Writer, format string, problems []mesh.Problem, addresses []Address) error {
	if format == "sarif" {
		return SARIF(w, problems)
	}
	shown := make([]mesh.Problem, len(problems))
	for i, p := range problems {
		p.Field, p.Message = terminal.Redact(p.Field), terminal.Redact(p.Message)
		p.Hint, p.Waived = terminal.Redact(p.Hint), terminal.Redact(p.Waived)
		shown[i] = p
	}
	return Document(w, format, "ValidationReport", struct {
		Valid    bool           `json:"valid"`
		Problems []mesh.Problem `json:"problems"`
		Servers  []Address      `json:"servers,omitempty"`
	}{Valid: !mesh.Stop(problems), Problems: shown, Servers: addresses})
}

// Findings prints a command's findings about credentials, which validate does not read, and counts the rest.
func Findings(w io.Writer, filename string, found []mesh.Problem) {
	isListed := func(p mesh.Problem) bool { return !strings.Contains("/"+p.File, "/"+layout.Credentials+"/") }
	terminal.Problems(w, slices.DeleteFunc(slices.Clone(found), isListed), workspace.ListAll(filename))
	listed := slices.DeleteFunc(slices.Clone(found), func(p mesh.Problem) bool { return !isListed(p) })
	terminal.Counted(w, listed, workspace.Validate(filename))
}

// Secrets prints a line for each credential that was found, like a compiler, so that editors and hooks find the place.
// Remedies go to errOut.
func Secrets(out, errOut io.Writer, found scan.Found) error {
	if len(found.Problems) == 0 {
		_, err := fmt.Fprintf(out, "no credential in %s\n", terminal.Count(found.Files, "file"))
		return err
	}
	for _, p := range found.Problems {
		line := terminal.OneLine(p.File)
		if p.Line > 0 {
			line += fmt.Sprintf(":%d", p.Line)
		}
		if _, err := fmt.Fprintf(out, "%s: %s: %s\n", line, p.Rule, strings.TrimSpace(p.Message)); err != nil {
			return err
		}
		terminal.Hint(errOut, p.Hint)
	}
	return nil
}

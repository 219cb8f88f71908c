package workspace

import (
	"errors"
	"maps"
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/sealing"
)

// CheckAll runs all rules, and verifies sealed files if keys are available.
func (ws *Workspace) CheckAll(keys sealing.Keys) (problems []mesh.Problem, proven int, err error) {
	files, err := ws.ReadSealed(ws.Graph.Names())
	if err != nil {
		return nil, 0, err
	}
	problems = ws.Check(ws.Validities())
	if keys.IsZero() {
		return problems, 0, nil
	}
	if len(files) == 0 {
		return nil, 0, verdict.Inputf("seal first: kubectl mesh seal"+ws.FilenameFlag(),
			"there are no sealed files to verify")
	}
	proven, wrong := ProveSealed(files, keys)
	if proven == 0 && onlyForOthers(wrong) {
		return nil, 0, verdict.Inputf("specify an identity that decrypts them; a SealedSecret requires its controller's "+
			"private key",
			"the identity decrypts none of %s", terminal.Count(len(files), "sealed file"))
	}
	for _, name := range slices.Sorted(maps.Keys(wrong)) {
		problem := mesh.Problem{Severity: mesh.SeverityError, File: ws.Path(name), Message: wrong[name].Error(),
			Hint: "find out who changed it before it is applied; then seal again: kubectl mesh seal"}
		if errors.Is(wrong[name], sealing.ErrForOthers) {
			problem.Severity, problem.Message = mesh.SeverityWarning, "not verified: "+problem.Message
			problem.Hint = "specify an identity that decrypts it; a SealedSecret requires its controller's private key"
		}
		problems = append(problems, problem)
	}
	return problems, proven, nil
}

func onlyForOthers(wrong map[string]error) bool {
	for _, err := range wrong {
		if !errors.Is(err, sealing.ErrForOthers) {
			return false
		}
	}
	return true
}

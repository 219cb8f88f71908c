package cli

import (
	"errors"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

func TestExitCode(t *testing.T) {
	problems := &workspace.Problems{Name: "mesh.yaml", List: []mesh.Problem{{Severity: mesh.SeverityError, Message: "wrong"}}}
	for name, test := range map[string]struct {
		err  error
		code int
		text string
	}{
		"nothing":     {nil, 0, ""},
		"failure":     {errors.New("no space"), 1, "error: no space\n"},
		"usage":       {verdict.Inputf("so", "bad %s", "flag"), 2, "error: bad flag\nhint: so\n"},
		"joined":      {errors.Join(errors.New("a"), verdict.Inputf("so", "b")), 2, "error: a\nerror: b\nhint: so\n"},
		"wrapped":     {hint.Add(verdict.Input(errors.New("a")), "more"), 2, "error: a\nhint: more\n"},
		"bad input":   {problems, 2, "error: wrong\nerror: 1 problem in mesh.yaml\n"},
		"more hinted": {hint.Add(problems, "more"), 2, "error: wrong\nerror: 1 problem in mesh.yaml\nhint: more\n"},
	} {
		t.Run(name, func(t *testing.T) {
			var text strings.Builder
			if code := exitCode(&text, test.err); code != test.code || text.String() != test.text {
				t.Errorf("got %d and\n%swant %d and\n%s", code, text.String(), test.code, test.text)
			}
		})
	}
}

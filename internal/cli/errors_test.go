package cli

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/spf13/cobra"

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

// TestUnknownCommand: every group of commands names itself, and what may have been meant.
func TestUnknownCommand(t *testing.T) {
	groups := 0
	for _, group := range append([]*cobra.Command{newRoot(System{})}, newRoot(System{}).Commands()...) {
		if !group.HasSubCommands() || group.Name() == "explain" { // whose argument is a field
			continue
		}
		groups++
		said := "unknown command %q for %q\nhint: %s"
		path := group.CommandPath()
		if got, want := words(noArguments(group, []string{"foo"})), fmt.Sprintf(said, "foo", path, path+" --help"); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		for _, command := range group.Commands() {
			if !command.IsAvailableCommand() {
				continue
			}
			typo := command.Name()[1:]
			got, want := words(noArguments(group, []string{typo})), fmt.Sprintf(said, typo, path, "did you mean ")
			if !strings.HasPrefix(got, want) || !strings.Contains(got, command.Name()) {
				t.Errorf("got %q, want that it offers %s", got, command.Name())
			}
		}
	}
	if groups < 4 {
		t.Errorf("%d groups of commands: is the search broken?", groups)
	}
	for name, want := range map[string]string{
		"rotate": "did you mean kubectl mesh ca rotate, kubectl mesh credentials rotate?", "approve": "did you mean kubectl mesh credentials approve?",
		"gke": "did you mean kubectl mesh import gke?", "": "kubectl mesh --help",
	} {
		if got := words(noArguments(newRoot(System{}), []string{name})); got != fmt.Sprintf("unknown command %q for \"kubectl mesh\"\nhint: %s", name, want) {
			t.Errorf("got %q, want the hint %q", got, want)
		}
	}
}

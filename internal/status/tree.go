package status

import (
	"cmp"
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/git"
	"github.com/kubectl-mesh/kubectl-mesh/internal/output"
	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/tree"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// tree compares the reviewed tree with what would be rendered, and the workspace with the last commit.
func (s *survey) tree(ctx context.Context) error {
	s.Tree = Tree{Dir: cmp.Or(s.Known.Dir, s.Workspace.Path(layout.Deploy)), State: Unrendered}
	switch {
	case s.Findings.Errors > 0:
	case s.Known.Dir != "" && !s.Known.Partial:
		s.Tree.State, s.Tree.HeldBack = OK, s.Known.HeldBack
	default:
		s.rendered()
	}
	return s.committed(ctx)
}

func (s *survey) rendered() {
	made, _, err := tree.Render(tree.Input{
		Workspace: s.Workspace,
		Problems:  s.Problems,
		Secrets:   tree.Skip,
	}, tree.Target{Dir: s.Tree.Dir})
	s.Tree.HeldBack = len(made.Held)
	for _, t := range made.Trees {
		differences, failed := t.Check()
		err = errors.Join(err, failed)
		exists := func(d output.Difference) bool { return d.Kind != output.Missing }
		s.Tree.Differences = len(differences)
		switch {
		case len(differences) == 0:
			s.Tree.State = OK
		case len(differences) >= len(t.Files) && !slices.ContainsFunc(differences, exists):
			s.Tree.State = Missing
		default:
			s.Tree.State = Stale
		}
	}
	if err != nil {
		s.Tree.State, s.Tree.Reason = Unrendered, terminal.OneLine(err.Error())
	}
}

// committed compares the reviewed files with the last commit. Settings of other programs should be committed too, but
// do not delay the next step, because they need no review. Without a Git repository nothing is compared.
func (s *survey) committed(ctx context.Context) error {
	repository, err := git.Open(ctx, git.Input{Dir: s.Workspace.Dir, Environ: s.Environ})
	if errors.Is(err, git.ErrNoRepository) || errors.Is(err, git.ErrNoProgram) {
		return nil
	}
	if err != nil {
		return err
	}
	paths := append(layout.Reviewed(), layout.Deploy)
	if dir, err := filepath.Rel(s.Workspace.Dir, s.Tree.Dir); err == nil && filepath.IsLocal(dir) {
		paths = append(layout.Reviewed(), filepath.ToSlash(dir))
	}
	if s.Workspace.Name != workspace.Stdin {
		paths = append(paths, filepath.Base(s.Workspace.Name))
	}
	settings := layout.Settings()
	changes, err := repository.Changes(ctx, append(paths, settings...)...)
	if err != nil {
		return err
	}
	committed := true
	for _, change := range changes {
		top, _, _ := strings.Cut(change.Path, "/")
		s.Tree.Uncommitted = append(s.Tree.Uncommitted, s.Workspace.Path(top))
		committed = committed && slices.Contains(settings, change.Path)
	}
	s.Tree.Uncommitted = slices.Compact(s.Tree.Uncommitted)
	s.Tree.Committed = &committed
	return nil
}

package reader

import (
	"context"
	"errors"
	"fmt"

	"github.com/kubectl-mesh/kubectl-mesh/internal/reviewed"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// CheckReviewed returns an error unless the reviewed tree contains the mesh before the rotation. A rotation changes
// only the generation of a credential, which its plan shows. A rotation that is under way may already be in the tree.
func CheckReviewed(ctx context.Context, in RotateInput) error {
	ws, now := in.Workspace, in.Workspace.Generations(in.Pair)
	check := reviewed.Input{Workspace: ws, Clusters: []string{in.Pair.Consumer, in.Pair.Target}}
	switch newest := len(now.Current) - 1; {
	case newest < 0:
		return checkGranted(ctx, in, check)
	case newest > 0:
		before := workspace.Generations{Current: now.Current[:newest], Revoked: now.Revoked}
		check.Renderings = []*workspace.Workspace{ws, ws.With(in.Pair, before)}
	}
	return reviewed.Check(ctx, check)
}

// checkGranted is for a revoked reader: a rotation grants it access again, which no earlier tree contains.
func checkGranted(ctx context.Context, in RotateInput, check reviewed.Input) error {
	r, err := newRotation(in)
	if err != nil {
		return err
	}
	next, err := r.next()
	if err != nil {
		return err
	}
	check.Renderings = []*workspace.Workspace{in.Workspace.With(in.Pair, next)}
	err = reviewed.Check(ctx, check)
	if err == nil || errors.Is(err, verdict.ErrInterrupted) || errors.Is(err, reviewed.ErrUnknown) {
		return err
	}
	return hint.Add(fmt.Errorf("%s is revoked in the reviewed tree; a rotation would grant access again without a review",
		in.Workspace.LinkName(in.Pair)),
		"record it, then have the rendered tree reviewed, commit and apply it: "+r.command(""))
}

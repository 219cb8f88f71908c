// Package reviewed compares what an apply would send with the rendered tree that was reviewed and committed.
package reviewed

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/internal/tree"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// Input is what an apply is about to send.
type Input struct {
	// Workspace is the one whose repository is asked.
	Workspace *workspace.Workspace
	// Renderings are states of the workspace: one of them must be in the repository. The first one is what an error is
	// about. None: the workspace as it is.
	Renderings []*workspace.Workspace
	// Clusters are the names of those that would be changed; what the tree has for others is not looked at.
	Clusters []string
	// Sample says that the verification workload goes with it. A release of this program has one, and a user who applies
	// it asks for it by name, so it is the one thing that the tree may lack.
	Sample bool
	// Log takes what is said of a tree that is reviewed; it may be nil.
	Log hint.Log
}

// ErrUnknown says that there is no Git repository, and so nothing to compare with. It stops nothing: a user who has no
// repository has reviews elsewhere, or none.
var ErrUnknown = errors.New("not in a Git repository, so it is unknown whether the objects to apply were reviewed")

// Check returns an error unless a rendered tree of the repository is what would be rendered now, file by file and
// without any file beside them, and is committed: the directory, the index and HEAD hold the same bytes. The tree may
// be in any directory of the repository, deploy/ beside mesh.yaml before all.
//
// Outside of a Git repository the error is ErrUnknown. A repository that cannot be asked is another one.
func Check(ctx context.Context, in Input) error {
	repository, err := in.Workspace.Repository(ctx)
	switch {
	case ctx.Err() != nil:
		return verdict.ErrInterrupted
	case err != nil:
		return fmt.Errorf("verify that the objects to apply were reviewed: %w", err)
	case repository == nil:
		return ErrUnknown
	}
	if len(in.Renderings) == 0 {
		in.Renderings = []*workspace.Workspace{in.Workspace}
	}
	c := comparison{Input: in, repository: repository.AtTop(), prefix: repository.Prefix()}
	if len(in.Clusters) < len(in.Workspace.Graph.Names()) {
		c.only = slices.Sorted(slices.Values(in.Clusters))
	}
	err = c.run(ctx)
	if ctx.Err() != nil {
		return verdict.ErrInterrupted
	}
	return err
}

// run looks for a tree that is reviewed. Its error is about the most likely one.
func (c comparison) run(ctx context.Context) error {
	tracked, err := c.repository.Tracked(ctx)
	if err != nil {
		return fmt.Errorf("find the reviewed tree: %w", err)
	}
	var first error
	for _, place := range c.places(tracked) {
		for _, rendering := range c.Renderings {
			err := c.compareBoth(ctx, place, rendering)
			if err == nil || ctx.Err() != nil {
				return err
			}
			if _, missing := errors.AsType[*missingError](first); first == nil || missing {
				first = err
			}
		}
	}
	return first
}

// compareBoth compares a tree without the sample and, where it is asked for, with it.
func (c comparison) compareBoth(ctx context.Context, at place, ws *workspace.Workspace) error {
	err := c.compare(ctx, at, ws, false)
	if !c.Sample {
		return err
	}
	if c.compare(ctx, at, ws, true) == nil {
		return nil
	}
	if err == nil {
		c.Log.Info("the sample is not in %s: it is applied because of --with-sample", at.dir)
	}
	return err
}

// compare says what a tree lacks to be the reviewed one for a rendering; nil if it is.
func (c comparison) compare(ctx context.Context, at place, ws *workspace.Workspace, sample bool) error {
	if !at.exists() {
		return c.missing(at)
	}
	in := tree.Input{Workspace: ws, Secrets: tree.Skip, Sample: sample}
	made, _, err := tree.Render(in, tree.Target{Dir: at.dir, Only: c.only})
	if err != nil {
		return fmt.Errorf("compare %s with what %s renders: %w", at.dir, ws.Name, err)
	}
	differences, err := made.Trees[0].Check()
	if err != nil {
		return err
	}
	unmanaged, err := made.Trees[0].Unmanaged()
	if err != nil {
		return err
	}
	if len(differences) > 0 || len(unmanaged) > 0 {
		return c.differs(at, differences, unmanaged)
	}
	uncommitted, err := c.uncommitted(ctx, at, made.Trees[0].Tree)
	if err != nil || len(uncommitted) == 0 {
		return err
	}
	return c.notCommitted(at, uncommitted)
}

// lockOf is the file by which a rendered tree is known.
func lockOf(dir string) string { return dir + "/" + layout.Lock }

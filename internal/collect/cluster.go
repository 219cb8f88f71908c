package collect

import (
	"context"
	"errors"
	"fmt"

	"github.com/kubectl-mesh/kubectl-mesh/internal/facts"
	"github.com/kubectl-mesh/kubectl-mesh/internal/live"
	"github.com/kubectl-mesh/kubectl-mesh/internal/progress"
	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// collect reads a cluster and writes its facts, also if a token is missing: each fact is independent.
func (c *collector) collect(ctx context.Context, target *v1alpha1.Cluster) Result {
	result := Result{
		Cluster: target.Name,
		Context: c.Clusters.Of(target),
		Changed: []string{},
		Tokens:  []Token{},
		Notes:   []cluster.Note{},
	}
	if result.Err = c.read(ctx, target, &result); result.Err != nil {
		if ctx.Err() != nil {
			result.Err = verdict.ErrInterrupted
		}
		result.Error, result.Hints = terminal.Plain(terminal.Paragraph(result.Err).Error()), hint.Of(result.Err)
	}
	return result
}

func (c *collector) read(ctx context.Context, target *v1alpha1.Cluster, result *Result) error {
	defer progress.Begin(ctx, target.Name)()
	policy := live.RequireProof
	if c.Pin {
		policy = live.Pin
	}
	opened, err := c.Clusters.Open(ctx, target, policy)
	if err != nil {
		return err
	}
	result.UID = opened.UID
	if target.UID == "" { // verified, or to be pinned
		if err := c.Workspace.PinUID(ctx, target.Name, opened.UID); err != nil {
			return err
		}
	}
	reported, notes, err := opened.Client.Facts(ctx, c.ask(target))
	if err != nil {
		return c.Clusters.Explain(err, result.Context)
	}
	result.Notes = append(result.Notes, notes...)
	return errors.Join(c.keepFacts(ctx, target, reported, result), c.fetchTokens(ctx, opened, result))
}

// ask selects the declared control plane: the revision of the last run may no longer exist.
func (c *collector) ask(target *v1alpha1.Cluster) cluster.Ask {
	return cluster.Ask{
		Namespace: target.Istio.Namespace,
		Revision:  c.declared[target.Name].Istio.Revision,
		Served:    target.ControlPlane != target.Name || *target.Istio.Managed,
	}
}

// keepFacts writes the facts file if a fact has changed.
func (c *collector) keepFacts(
	ctx context.Context, target *v1alpha1.Cluster, reported cluster.Facts, result *Result,
) error {
	endpoint, notes := c.endpointFacts(target)
	sound, unsound, err := facts.Valid(target.Name, facts.Live(reported, endpoint))
	if err != nil {
		return err
	}
	result.Notes = append(append(append(result.Notes, notes...), unsound...), c.unreachable(target, reported)...)
	sound = facts.KeepWider(sound, c.recordedList(target.Name, "podCIDRs"))

	file := layout.Facts(target.Name)
	result.File = c.Workspace.Path(file)
	before := c.Workspace.Doc.Facts(target.Name)
	text, changed, err := facts.Merge(before, target.Name, sound)
	if err != nil || len(changed) == 0 || ctx.Err() != nil {
		return errors.Join(err, ctx.Err())
	}
	broken := mesh.CheckFacts(target.Name, text)
	if before != nil && len(broken) > len(mesh.CheckFacts(target.Name, before)) {
		return hint.Add(fmt.Errorf("write %s: the facts cannot be merged: %s", result.File, broken[0].Message),
			"write its fields out, without anchors and <<, or remove it")
	}
	err = c.Workspace.Change(ctx, func(files *workspace.Change) error {
		files.Expect(file, before)
		files.Public(file, text)
		return nil
	})
	if err != nil {
		return err
	}
	result.Changed = changed
	return nil
}

// unreachable reports facts in the file that the cluster does not have, if peers need them. They may be planned, or
// obsolete.
func (c *collector) unreachable(target *v1alpha1.Cluster, reported cluster.Facts) []cluster.Note {
	var notes []cluster.Note
	note := func(field, live string) {
		if value := c.recorded(target.Name, field); value != "" && live == "" {
			notes = append(notes, cluster.Note{
				What: field,
				Why: fmt.Sprintf("%s: %s is kept; the cluster does not report it",
					c.Workspace.Path(layout.Facts(target.Name)), value),
			})
		}
	}
	note("network", reported.Network)
	note("gateway.addresses", first(reported.GatewayAddresses))
	return notes
}

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

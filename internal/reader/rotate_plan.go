package reader

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/plan"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hazard"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// PlanRotation lists what Rotate does, in order, without querying clusters.
func PlanRotation(in RotateInput) (plan.Steps, error) {
	r, err := newRotation(in)
	if err != nil {
		return nil, err
	}
	if found := hazard.Of(r.change()); found.Blocks() && r.AcceptRestart {
		r.restarts = "istiod"
	}
	return r.plan()
}

// plan returns the steps. Each one leaves what the next requires, and the old credential is valid until the last but
// one, so the same plan completes an interrupted run.
func (r *rotation) plan() (plan.Steps, error) {
	next, err := r.next()
	if err != nil {
		return nil, err
	}
	steps := plan.Steps{r.stepBegin(next)}
	for _, step := range r.kind().Delivery() {
		delivery, err := r.stepDeliver(step, next)
		if err != nil {
			return nil, err
		}
		steps = append(steps, delivery)
	}
	if r.kind().Traits().Rotates() {
		proof, err := r.stepsProof(next)
		if err != nil {
			return nil, err
		}
		end, err := r.stepsEnd(next)
		if err != nil {
			return nil, err
		}
		steps = slices.Concat(steps, proof, end)
	}
	for i := range steps {
		steps[i].Link, steps[i].Essential = r.Workspace.LinkName(r.Pair), true
	}
	return steps, nil
}

// next returns the valid generations once the rotation has started.
func (r *rotation) next() (workspace.Generations, error) {
	now := r.now()
	if r.isUnderWay() {
		return now, nil
	}
	next := r.access.Target.NextGeneration(r.Pair.Consumer)
	if next > v1alpha1.MaxGeneration {
		return now, verdict.Inputf("set another reader.serviceAccount for the cluster, or rename the cluster",
			"%s has no generations left: %d is the last", r.Workspace.LinkName(r.Pair), v1alpha1.MaxGeneration)
	}
	return workspace.Generations{Current: slices.Concat(now.Current, []int32{next}), Revoked: now.Revoked}, nil
}

func newestOf(generations workspace.Generations) int32 {
	return generations.Current[len(generations.Current)-1]
}

func (r *rotation) stepBegin(next workspace.Generations) plan.Step {
	action := fmt.Sprintf("record generation %d", newestOf(next))
	effect := "it is rendered"
	if older := next.Current[:len(next.Current)-1]; len(older) > 0 {
		action += " in addition to " + workspace.Numbered(older)
		effect = "both are rendered until one of them is dropped"
	}
	return plan.Step{
		Location:     plan.Here,
		Action:       action,
		Effect:       effect,
		Verification: r.status(),
		Undo:         r.undo(),
		Done:         r.isUnderWay(),
		Do:           r.start,
	}
}

// status returns the command that shows the valid generations.
func (r *rotation) status() string {
	return "kubectl mesh credentials status" + r.Workspace.FilenameFlag()
}

// stepsProof verify that the consumer can do with the new credential what it did with the old one.
func (r *rotation) stepsProof(next workspace.Generations) (plan.Steps, error) {
	var steps plan.Steps
	consumer, target, newest := r.Pair.Consumer, r.Pair.Target, newestOf(next)
	if r.restarts != "" {
		steps = append(steps, plan.Step{
			Location:     consumer,
			Action:       "restart istiod",
			Effect:       "it reads its remote secrets again",
			Verification: "it is available",
			Do:           r.restart,
		})
	}
	steps = append(steps, plan.Step{
		Location:     consumer,
		Action:       "call " + target + " with the remote secret's credential",
		Effect:       fmt.Sprintf("generation %d is in use", newest),
		Verification: "it is accepted, with all permissions of a reader",
		Undo:         r.undo(),
		Do:           r.verifyThere,
	})
	if !r.Offline && !r.grants {
		steps = append(steps, plan.Step{
			Location:     consumer,
			Action:       "ask each istiod pod for the endpoints of " + target,
			Effect:       "calls from " + consumer + " to " + target + " continue",
			Verification: "all are synced for a minute, with at least as many as before the change",
			Undo:         r.undo(),
			Do:           r.prove,
		})
	}
	sealed, held, err := r.sealable()
	if held {
		steps = append(steps, plan.Step{
			Location:     plan.Here,
			Action:       "compare " + r.Workspace.Path(sealed.SealedFile()),
			Effect:       "GitOps does not restore the old credential",
			Verification: fmt.Sprintf("it contains generation %d", newest),
			Undo:         r.undo(),
			Do:           func(context.Context) error { return r.checkSealed() },
		})
	}
	return steps, err
}

// stepsEnd revoke the old generation: first in the target, so that the tree never claims that it is revoked while it is
// not.
func (r *rotation) stepsEnd(next workspace.Generations) (plan.Steps, error) {
	if len(next.Current) < 2 {
		return nil, nil
	}
	const final = "not possible: begin another rotation"
	newest, target := newestOf(next), r.Pair.Target
	alone := workspace.Generations{Current: []int32{newest}, Revoked: next.Revoked}
	changed, gone, err := r.difference(target, next, alone)
	if err != nil {
		return nil, err
	}
	older := workspace.Numbered(next.Current[:len(next.Current)-1])
	effect, does := older+": "+r.kind().Explain(r.access, next.Current).Unbound, []string{}
	if len(changed) > 0 {
		does = append(does, "apply "+identities(changed))
	}
	if len(gone) > 0 {
		does = append(does, "remove "+identities(gone))
		effect = effectAt(r.access, *gone[0].GetKind())
	}
	return plan.Steps{
		{
			Location:     target,
			Action:       strings.Join(does, "; "),
			Effect:       effect,
			Verification: "the API server of " + target + " confirms it",
			Undo:         final,
			Do:           r.revokeOld,
		},
		{
			Location:     plan.Here,
			Action:       fmt.Sprintf("record only generation %d", newest),
			Effect:       "the old one is never rendered again",
			Verification: r.status(),
			Undo:         final,
			Do:           r.dropOld,
		},
	}, nil
}

// identities lists objects.
func identities(objects []render.Object) string {
	var names []string
	for _, object := range objects {
		names = append(names, identity(object))
	}
	return strings.Join(names, ", ")
}

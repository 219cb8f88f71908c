package reader

import (
	"fmt"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/plan"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// stepDeliver is a step that delivers the newest generation to the consumer. It implements the steps that kinds of
// credentials list, the same for all kinds.
func (r *rotation) stepDeliver(step access.Step, next workspace.Generations) (plan.Step, error) {
	newest, consumer, target := newestOf(next), r.Pair.Consumer, r.Pair.Target
	made := plan.Step{
		Location:     target,
		Command:      strings.Join(r.byHand(step, newest), "; "),
		Verification: "the API server confirms it",
		Undo:         r.undo(),
	}
	called := fmt.Sprintf("a call: %s accepts it, as %s, with all permissions of a reader",
		target, r.access.Subject(newest).User())
	inUse := "istiod of " + consumer + " reads " + target + " with it"
	switch step {
	case access.StepApplyTarget:
		objects, _, err := r.difference(target, workspace.Generations{Revoked: newest}, next)
		made.Action = "apply " + identities(objects)
		made.Effect = fmt.Sprintf("%s knows generation %d", target, newest)
		if !r.grants {
			made.Effect += ", in addition to earlier ones"
		}
		made.Undo = r.undoWith(r.pruneCommand())
		made.Do = r.applyTarget
		return made, err
	case access.StepFetchToken:
		made.Action = "get the token from Secret " + r.access.Target.Istio.Namespace + "/" + r.access.TokenSecret(newest)
		made.Effect = "it is stored in " + r.Workspace.Path(r.Pair.TokenFile()) + " if that file exists, otherwise in memory"
		made.Verification, made.Do = called, r.fetchToken
	case access.StepSignCertificate:
		made.Action = "create a key, and have its certificate signed: user " + r.access.Subject(newest).User()
		made.Effect = "both are stored in " + r.Workspace.Path(layout.CredentialDir(target, consumer))
		made.Verification, made.Do = called, r.fetchCertificate
	case access.StepApplySecret:
		made.Location = consumer
		made.Action = fmt.Sprintf("apply Secret %s/%s with generation %d",
			r.access.Consumer.Istio.Namespace, access.RemoteSecret(target), newest)
		made.Effect, made.Verification = inUse, "the next steps"
		made.Undo = r.undoWith(r.consumerCommand())
		made.Do = r.applySecret
	case access.StepApplyPublic:
		made.Location = consumer
		made.Action = "apply what " + consumer + " has for " + target + ", which contains no secret"
		made.Effect, made.Do = inUse, r.applyPublic
	case access.StepFillStore:
		made.Location, made.Action = "(store)", r.storeStep(newest)
		made.Effect = fmt.Sprintf("External Secrets delivers generation %d to %s", newest, consumer)
		made.Verification, made.Do = "the remote secret in "+consumer+" contains it", r.awaitStore
	}
	return made, nil
}

package reader

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/plan"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// tokenPatience bounds the wait for an API server to fill in a token. It takes a second, and longer if the token
// controller has just started or is busy.
const tokenPatience = 2 * time.Minute

// run opens both clusters and runs the plan.
func (r *rotation) run(ctx context.Context) error {
	if err := r.open(ctx); err != nil {
		return hint.Add(err, "nothing was changed in any cluster; if both cannot be reached from here, rotate step by step "+
			"without --apply")
	}
	if err := r.checkHazard(ctx); err != nil {
		return hint.Add(err, "nothing was changed in any cluster")
	}
	steps, err := r.plan()
	if err != nil {
		return err
	}
	if r.Show != nil {
		r.Show(steps)
	}
	if r.Confirm != nil {
		if err := r.Confirm(ctx,
			"rotate "+r.Pair.Consumer+"'s credential for "+r.Pair.Target+"?"); err != nil {
			return err
		}
	}
	if err := r.beginProof(ctx); err != nil {
		return hint.Add(err, "nothing was changed in any cluster")
	}
	if failures := steps.Run(ctx); len(failures) > 0 {
		return r.stopped(failures[0])
	}
	r.Log.Info("%s is rotated: generation %d", r.Workspace.LinkName(r.Pair), r.newest())
	r.Log.Advise(r.Workspace.CommitState())
	return nil
}

// stopped describes what a failure leaves, and how to continue.
func (r *rotation) stopped(failure plan.Failure) error {
	switch {
	case errors.Is(failure.Err, verdict.ErrIncomplete):
		return verdict.ErrIncomplete // what is missing was reported
	case r.grants && r.now().Current != nil: // the same command would start another rotation
		return hint.Add(failure.Err,
			fmt.Sprintf("generation %d is recorded; to continue: %s", r.newest(), r.deliverCommands()))
	case r.grants:
		return hint.Add(failure.Err, "nothing was changed in any cluster")
	case r.ending:
		return hint.Add(failure.Err, r.Pair.Consumer+" has the new credential, but the old one is not revoked yet; to "+
			"continue: "+r.command("--apply"))
	}
	return hint.Add(failure.Err, "the old credential is unchanged; to continue: "+r.command("--apply"))
}

// open opens both clusters before anything is changed in one of them.
func (r *rotation) open(ctx context.Context) error {
	if err := r.Workspace.CheckDeclared(r.Pair, r.now()); err != nil {
		return err
	}
	var errTo, errFrom error
	r.to, errTo = openSite(ctx, r.Clusters, r.Workspace, r.Pair.Target, r.Log)
	r.from, errFrom = openSite(ctx, r.Clusters, r.Workspace, r.Pair.Consumer, r.Log)
	if err := errors.Join(errTo, errFrom); err != nil {
		return err
	}
	r.to.force, r.from.force = r.ForceConflicts, r.ForceConflicts
	return nil
}

// applyTarget adds the new generation to the target, next to the old one.
func (r *rotation) applyTarget(ctx context.Context) error {
	objects, _, err := r.difference(r.Pair.Target, workspace.Generations{Revoked: r.newest()}, r.now())
	if err == nil {
		err = r.to.apply(ctx, objects)
	}
	if err != nil {
		return err
	}
	r.to.info("its reader accounts exist")
	return nil
}

// difference returns the changes of a cluster for other valid generations of this access.
func (r *rotation) difference(name string, from, to workspace.Generations) (changed, gone []render.Object, err error) {
	return difference(r.Workspace, name, numbering{r.Pair: from}, numbering{r.Pair: to})
}

// numbering is the valid generations, by pair.
type numbering map[access.Pair]workspace.Generations

// difference returns the changes of a cluster for other valid generations.
func difference(ws *workspace.Workspace, name string, from, to numbering) (changed, gone []render.Object, err error) {
	var overlays [2]render.Overlay
	for i, all := range []numbering{from, to} {
		mesh, graph := ws.Doc.Mesh, ws.Graph
		for pair, count := range all {
			mesh, graph = workspace.With(mesh, pair, count)
		}
		if overlays[i], err = render.Compile(render.Input{
			Mesh:    mesh,
			Graph:   graph,
			Bundles: ws.Bundles,
		}, name, render.Options{}); err != nil {
			return nil, nil, err
		}
	}
	return render.Difference(overlays[0], overlays[1])
}

// fetchToken fetches the newest generation's token from the target, and calls with it.
func (r *rotation) fetchToken(ctx context.Context) error {
	token, err := r.fetch(ctx)
	if err != nil {
		return err
	}
	return r.try(ctx, kubeconfig.Credential{Token: token})
}

// fetchCertificate gets the newest generation's certificate, and calls with it.
func (r *rotation) fetchCertificate(ctx context.Context) error {
	certificate, err := r.certificate(ctx)
	if err != nil {
		return err
	}
	return r.try(ctx, kubeconfig.Credential{Certificate: certificate})
}

// try calls the target with a credential that the consumer does not have yet, so the old one must stay valid.
func (r *rotation) try(ctx context.Context, credential kubeconfig.Credential) error {
	r.fetched = credential
	remote, err := r.remote(credential)
	if err != nil {
		return err
	}
	if err := r.checkGeneration(remote); err != nil {
		return err
	}
	return r.call(ctx, remote, "run it where "+r.Pair.Target+" can be called, or rotate step by step without --apply")
}

// applySecret applies the consumer's remote secret with the fetched credential.
func (r *rotation) applySecret(ctx context.Context) error {
	in := r.Workspace.RenderInput()
	in.Credentials[r.Pair] = r.fetched
	overlay, err := render.Compile(in, r.Pair.Consumer, render.Options{Secrets: true})
	if err != nil {
		return err
	}
	if err := r.from.apply(ctx, only(overlay.Secrets(), access.RemoteSecret(r.Pair.Target))); err != nil {
		return err
	}
	r.from.info("its remote secret contains generation %d", r.newest())
	return nil
}

// only returns the objects with a name.
func only(objects []render.Object, name string) []render.Object {
	var named []render.Object
	for _, object := range objects {
		if *object.GetName() == name {
			named = append(named, object)
		}
	}
	return named
}

// fetch waits for the token that TO's API server fills in. A workspace that stores the old one, or that seals, stores
// it; otherwise it stays in memory.
func (r *rotation) fetch(ctx context.Context) (kubeconfig.Token, error) {
	patience, cancel := context.WithTimeout(ctx, tokenPatience)
	defer cancel()
	token, err := r.to.AwaitToken(ctx, patience, r.access.TokenSecret(r.newest()))
	if err != nil {
		return token, err
	}
	if about := r.Workspace.Credential(r.Pair, token, false); about.Subject != about.Want {
		return token, fmt.Errorf("the token of Secret %s in %s belongs to %q, not to %q", r.access.TokenSecret(r.newest()),
			r.Pair.Target, about.Subject, about.Want)
	}
	_, sealed, err := r.sealable()
	if err != nil {
		return token, err
	}
	if _, _, err := r.Workspace.ReadToken(r.Pair); errors.Is(err, fs.ErrNotExist) && !sealed {
		return token, nil
	}
	return token, r.Workspace.WritePrivate(ctx, r.Pair.TokenFile(), []byte(token.Reveal()+"\n"))
}

// certificate returns that of the newest key, which is created here, or was by an earlier run.
func (r *rotation) certificate(ctx context.Context) (kubeconfig.ClientCertificate, error) {
	generation := r.newest()
	held, err := r.Workspace.ReadClientGeneration(r.Pair, generation)
	if !errors.Is(err, fs.ErrNotExist) {
		return held, err
	}
	made, err := newClientRequest(r.Workspace, r.Pair, r.Log)
	if err == nil && made.key != nil {
		err = r.Workspace.Change(ctx, func(c *workspace.Change) error {
			made.keepKey(c)
			return nil
		})
	}
	if err != nil {
		return held, err
	}
	certificate, err := sign(ctx, r.Clusters, r.to.Cluster, signing{
		mesh: r.to.mesh, pair: r.Pair, request: made.request, fingerprint: made.fingerprint, validity: r.Validity})
	if err != nil {
		return held, err
	}
	if err := keepCertificate(ctx, r.Workspace, r.Pair, generation, certificate); err != nil {
		return held, err
	}
	return r.Workspace.ReadClientGeneration(r.Pair, generation)
}

// awaitStore: the store's owner has to write the credential; the same command then continues.
func (r *rotation) awaitStore(ctx context.Context) error {
	remote, err := r.held(ctx)
	if err == nil {
		err = r.checkGeneration(remote)
	}
	if err != nil {
		return hint.Add(fmt.Errorf("the secret store has not delivered generation %d to %s yet: %w", r.newest(),
			r.Pair.Consumer, hint.Without(err)), r.storeStep(r.newest()))
	}
	return nil
}

// applyPublic applies the consumer's objects for this access that contain no secret.
func (r *rotation) applyPublic(ctx context.Context) error {
	changed, _, err := r.difference(r.Pair.Consumer, workspace.Generations{Revoked: r.newest()}, r.now())
	if err != nil {
		return err
	}
	return r.from.apply(ctx, changed)
}

// revokeOld revokes the old generation in the target.
func (r *rotation) revokeOld(ctx context.Context) error {
	r.ending = true
	changed, gone, err := r.difference(r.Pair.Target, r.now(), workspace.Generations{
		Current: []int32{r.newest()},
		Revoked: r.now().Revoked,
	})
	if err != nil {
		return err
	}
	if err := r.to.apply(ctx, changed); err != nil {
		return err
	}
	entries, err := r.to.remove(ctx, gone)
	for _, entry := range entries {
		r.to.info("removed %s", entry.Ref)
	}
	return err
}

// dropOld records that only the newest generation is valid. The files of the old ones are deleted in the same
// transaction: without their numbers a run would start another rotation.
func (r *rotation) dropOld(ctx context.Context) error {
	var files []string
	current := r.now().Current
	for _, generation := range current[:len(current)-1] {
		files = append(files, r.Pair.ClientKeyFile(generation), r.Pair.ClientCertificateFile(generation))
	}
	return r.keepOnly(ctx, r.newest(), files...)
}

package reader

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// tokenPatience bounds how long an API server is given to fill in a token; it takes a second.
const tokenPatience = 60 * time.Second

// all does the whole rotation. Each step leaves what the next one finds, so a run that is cut off is
// finished by the same command. Until the end the old credential works.
func (r *rotation) all(ctx context.Context) error {
	if err := r.open(ctx); err != nil {
		return hint.Add(err, "nothing was changed in any cluster; step by step, without --apply, it goes where both cannot be reached at once")
	}
	if err := r.checkHazard(ctx); err != nil {
		return hint.Add(err, "nothing was changed in any cluster")
	}
	if r.Confirm != nil {
		if err := r.Confirm(ctx, "change the credential with which "+r.Pair.Consumer+" reads "+r.Pair.Target+"?"); err != nil {
			return err
		}
	}
	if err := r.beginProof(ctx); err != nil {
		return hint.Add(err, "nothing was changed in any cluster")
	}
	if !r.isUnderWay() {
		if err := r.start(ctx); err != nil {
			return err
		}
	}
	steps := []func(context.Context) error{r.bringReader, r.bringCredential, r.restart, r.verifyThere, r.prove,
		func(context.Context) error { return r.checkSealed() }, r.endOld}
	if !r.kind().Traits().Rotates() {
		steps = steps[:2] // nobody but its istiod has a token to call with
	}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			if ctx.Err() != nil {
				err = verdict.ErrInterrupted
			}
			if errors.Is(err, verdict.ErrIncomplete) {
				return verdict.ErrIncomplete // what is missing was said
			}
			return hint.Add(err, "the old credential was not touched; to go on: "+r.command("--apply"))
		}
	}
	r.Tell.Say("%s is rotated: generation %d", r.Workspace.LinkName(r.Pair), r.newest())
	r.Tell.Advise("commit the change of " + r.Workspace.Path(layout.State()) + ", and render the tree anew")
	return nil
}

// open opens both clusters before anything is changed in one of them.
func (r *rotation) open(ctx context.Context) error {
	if err := r.Workspace.CheckDeclared(r.Pair, r.now()); err != nil {
		return err
	}
	var errTo, errFrom error
	r.to, errTo = openSite(ctx, r.Clusters, r.Workspace, r.Pair.Target, r.Tell)
	r.from, errFrom = openSite(ctx, r.Clusters, r.Workspace, r.Pair.Consumer, r.Tell)
	if err := errors.Join(errTo, errFrom); err != nil {
		return err
	}
	r.to.force, r.from.force = r.ForceConflicts, r.ForceConflicts
	return nil
}

// bringReader lets TO know the new generation beside the old one.
func (r *rotation) bringReader(ctx context.Context) error {
	now := r.now()
	reader, _, err := turn(r.Workspace, r.Pair.Target, numbering{r.Pair: {Revoked: r.newest()}}, numbering{r.Pair: now})
	if err == nil {
		err = r.to.apply(ctx, reader)
	}
	if err != nil {
		return err
	}
	r.to.say("its readers are there")
	return nil
}

// numbering is the generations that count of several readings.
type numbering map[access.Pair]workspace.Generations

// turn is what becomes of a cluster when other generations count.
func turn(ws *workspace.Workspace, name string, from, to numbering) (changed, gone []render.Object, err error) {
	var overlays [2]render.Overlay
	for i, all := range []numbering{from, to} {
		mesh, graph := ws.Doc.Mesh, ws.Graph
		for pair, count := range all {
			mesh, graph = workspace.With(mesh, pair, count)
		}
		if overlays[i], err = render.Compile(render.Input{Mesh: mesh, Graph: graph, Bundles: ws.Bundles}, name, render.Options{}); err != nil {
			return nil, nil, err
		}
	}
	return render.Difference(overlays[0], overlays[1])
}

// bringCredential gives FROM the newest credential, after a call with it.
func (r *rotation) bringCredential(ctx context.Context) error {
	in := render.Input{Mesh: r.Workspace.Doc.Mesh, Graph: r.Workspace.Graph,
		Tokens: map[access.Pair]kubeconfig.Token{}, ClientCertificates: map[access.Pair]kubeconfig.ClientCertificate{}}
	var credential kubeconfig.Remote
	var err error
	switch steps := r.kind().Delivery(); {
	case slices.Contains(steps, access.StepFillStore):
		return r.awaitStore(ctx)
	case slices.Contains(steps, access.StepApplyPublic):
		return r.bringPublic(ctx)
	case slices.Contains(steps, access.StepSignCertificate):
		credential.Certificate, err = r.certificate(ctx)
		in.ClientCertificates[r.Pair] = credential.Certificate
	default:
		credential.Token, err = r.fetch(ctx)
		in.Tokens[r.Pair] = credential.Token
	}
	if err != nil {
		return err
	}
	remote, err := r.remote(credential)
	if err == nil {
		err = r.checkGeneration(remote)
	}
	if err == nil {
		err = r.call(ctx, remote)
	}
	if err != nil {
		return err
	}
	overlay, err := render.Compile(in, r.Pair.Consumer, render.Options{Secrets: true, Partial: true})
	if err != nil {
		return err
	}
	if err := r.from.apply(ctx, only(overlay.Secrets(), access.RemoteSecret(r.Pair.Target))); err != nil {
		return err
	}
	r.from.say("its remote secret holds generation %d", r.newest())
	return nil
}

// only keeps the objects of one name.
func only(objects []render.Object, name string) []render.Object {
	var named []render.Object
	for _, object := range objects {
		if *object.GetName() == name {
			named = append(named, object)
		}
	}
	return named
}

// fetch waits for the token that the API server of TO fills in. A workspace that keeps the old one
// gets it, and so does one that has to seal it; in any other it goes through memory only.
func (r *rotation) fetch(ctx context.Context) (kubeconfig.Token, error) {
	patience, cancel := context.WithTimeout(ctx, tokenPatience)
	defer cancel()
	token, err := r.to.AwaitToken(ctx, patience, r.access.TokenSecret(r.newest()))
	if err != nil {
		return token, err
	}
	if about := r.Workspace.Credential(r.Pair, token, false); about.Subject != about.Want {
		return token, fmt.Errorf("the token of Secret %s in %s is of %q, not of %q", r.access.TokenSecret(r.newest()), r.Pair.Target, about.Subject, about.Want)
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

// certificate is that of the newest key, which is made here, or was by an earlier run.
func (r *rotation) certificate(ctx context.Context) (kubeconfig.ClientCertificate, error) {
	generation := r.newest()
	held, err := r.Workspace.ReadClientGeneration(r.Pair, generation)
	if !errors.Is(err, fs.ErrNotExist) {
		return held, err
	}
	made, err := newClientRequest(r.Workspace, r.Pair, r.Tell)
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

// awaitStore: nobody here writes to a secret store, so its owner has to, and the same command goes on.
func (r *rotation) awaitStore(ctx context.Context) error {
	if err := r.bringPublic(ctx); err != nil {
		return err
	}
	remote, err := r.held(ctx)
	if err == nil {
		err = r.checkGeneration(remote)
	}
	if err != nil {
		return hint.Add(fmt.Errorf("the store has not brought generation %d to %s yet: %w", r.newest(), r.Pair.Consumer, hint.Without(err)), r.storeStep())
	}
	return nil
}

// bringPublic gives FROM what it has for this link and no secret.
func (r *rotation) bringPublic(ctx context.Context) error {
	changed, _, err := turn(r.Workspace, r.Pair.Consumer, numbering{r.Pair: {Revoked: r.newest()}}, numbering{r.Pair: r.now()})
	if err != nil {
		return err
	}
	return r.from.apply(ctx, changed)
}

// endOld ends the old generation: first in TO, so that the tree never says that it is gone while it is
// there.
func (r *rotation) endOld(ctx context.Context) error {
	before, after := r.now(), workspace.Generations{Current: []int32{r.newest()}, Revoked: r.now().Revoked}
	changed, gone, err := turn(r.Workspace, r.Pair.Target, numbering{r.Pair: before}, numbering{r.Pair: after})
	if err != nil {
		return err
	}
	if err := r.to.apply(ctx, changed); err != nil {
		return err
	}
	entries, err := r.to.remove(ctx, gone)
	for _, entry := range entries {
		r.to.say("removed %s", entry.Ref)
	}
	if err != nil {
		return err
	}
	if len(before.Current) < 2 {
		return nil
	}
	return r.keepOnly(ctx, r.newest(), r.ended(before.Current[:len(before.Current)-1])...)
}

// ended are the files of client certificates that count no more. They go together with their numbers: a run that
// finds the numbers gone begins another rotation.
func (r *rotation) ended(old []int32) []string {
	var names []string
	for _, generation := range old {
		names = append(names, r.Pair.ClientKeyFile(generation), r.Pair.ClientCertificateFile(generation))
	}
	return names
}

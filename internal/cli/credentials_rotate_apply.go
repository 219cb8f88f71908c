package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/kubectl-mesh/kubectl-mesh/internal/output"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// all does the whole rotation. Each step leaves what the next one finds, so a run that is cut off is
// finished by the same command. Until the end the old credential works.
func (r *rotation) all(ctx context.Context) error {
	if err := r.open(ctx); err != nil {
		return withHint(err, "nothing was changed in any cluster; step by step, without --apply, it goes where both cannot be reached at once")
	}
	if err := r.confirm(ctx, r.isOK, "change the credential with which "+r.reading.Consumer+" reads "+r.reading.Target+"?"); err != nil {
		return err
	}
	if !r.isUnderWay() {
		if err := r.start(); err != nil {
			return err
		}
	}
	steps := []func(context.Context) error{r.bringReader, r.bringCredential, r.verifyThere,
		func(context.Context) error { return r.checkSealed() }, r.endOld}
	if r.target().Reader.Auth == v1alpha1.ReaderAuthFederated {
		steps = steps[:2] // nobody but its istiod has a token to call with
	}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			if ctx.Err() != nil {
				err = errInterrupted
			}
			return withHint(err, "the old credential was not touched; to go on: "+r.command("--apply"))
		}
	}
	fmt.Fprintf(r.ErrOut, "%s is rotated: generation %d\n", r.ws.linkName(r.reading), r.newest())
	sayHint(r.ErrOut, "commit the change of "+r.ws.path("clusters")+", and render the tree anew")
	return nil
}

// open opens both clusters before anything is changed in one of them.
func (r *rotation) open(ctx context.Context) error {
	if err := r.complete(); err != nil {
		return err
	}
	if err := r.ws.checkDeclared(r.reading, r.now()); err != nil {
		return err
	}
	var errTo, errFrom error
	r.to, errTo = r.openSite(ctx, r.ws, r.reading.Target)
	r.from, errFrom = r.openSite(ctx, r.ws, r.reading.Consumer)
	if err := errors.Join(errTo, errFrom); err != nil {
		return err
	}
	r.to.force, r.from.force = r.forceConflicts, r.forceConflicts
	return nil
}

// bringReader lets TO know the new generation beside the old one.
func (r *rotation) bringReader(ctx context.Context) error {
	now := r.now()
	reader, _, err := r.ws.turn(r.reading.Target, numbering{r.reading: {nil, r.newest()}}, numbering{r.reading: now})
	if err == nil {
		err = r.to.bring(ctx, reader)
	}
	if err != nil {
		return err
	}
	r.to.say(r.System, "its readers are there")
	return nil
}

// numbering is the generations that count of several readings.
type numbering map[render.Reading]generations

// turn is what becomes of a cluster when other generations count.
func (ws *workspace) turn(name string, from, to numbering) (changed, gone []render.Object, err error) {
	var overlays [2]render.Overlay
	for i, all := range []numbering{from, to} {
		mesh, graph := ws.doc.Mesh, ws.graph
		for reading, count := range all {
			mesh, graph = with(mesh, reading, count)
		}
		if overlays[i], err = render.Compile(render.Input{Mesh: mesh, Graph: graph, Bundles: ws.bundles}, name, render.Options{}); err != nil {
			return nil, nil, err
		}
	}
	return render.Difference(overlays[0], overlays[1])
}

// bringCredential gives FROM the newest credential, after a call with it.
func (r *rotation) bringCredential(ctx context.Context) error {
	in := render.Input{Mesh: r.ws.doc.Mesh, Graph: r.ws.graph,
		Tokens: map[render.Reading]kubeconfig.Token{}, ClientCertificates: map[render.Reading]kubeconfig.ClientCertificate{}}
	var credential kubeconfig.Remote
	var err error
	switch r.target().Reader.Auth {
	case v1alpha1.ReaderAuthToken:
		credential.Token, err = r.fetch(ctx)
		in.Tokens[r.reading] = credential.Token
	case v1alpha1.ReaderAuthClientCertificate:
		credential.Certificate, err = r.certificate(ctx)
		in.ClientCertificates[r.reading] = credential.Certificate
	case v1alpha1.ReaderAuthExternal:
		return r.awaitStore(ctx)
	case v1alpha1.ReaderAuthFederated:
		return r.bringPublic(ctx) // it was cut off, and is let in again
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
	overlay, err := render.Compile(in, r.reading.Consumer, render.Options{Secrets: true, Partial: true})
	if err != nil {
		return err
	}
	if err := r.from.bring(ctx, only(overlay.Secrets(), render.RemoteSecret(r.reading.Target))); err != nil {
		return err
	}
	r.from.say(r.System, "its remote secret holds generation %d", r.newest())
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
	patience, cancel := context.WithTimeout(ctx, tokenWait)
	defer cancel()
	token, err := waitForToken(ctx, patience, source{r.target(), r.to.config, r.to.reader}, newestSecret(r.target(), r.reading.Consumer))
	if err != nil {
		return token, err
	}
	if about := r.ws.credential(r.reading, token, false); about.Subject != about.Want {
		return token, fmt.Errorf("the token of Secret %s in %s is of %q, not of %q", newestSecret(r.target(), r.reading.Consumer), r.reading.Target, about.Subject, about.Want)
	}
	_, sealed, err := r.sealable()
	if err != nil {
		return token, err
	}
	if _, _, err := r.ws.readToken(r.reading); errors.Is(err, fs.ErrNotExist) && !sealed {
		return token, nil
	}
	return token, r.ws.keepPrivate(r.reading.TokenFile(), []byte(token.Reveal()+"\n"))
}

// certificate is that of the newest key, which is made here, or was by an earlier run.
func (r *rotation) certificate(ctx context.Context) (kubeconfig.ClientCertificate, error) {
	generation := r.newest()
	held, err := r.ws.readClientGeneration(r.reading, generation)
	if !errors.Is(err, fs.ErrNotExist) {
		return held, err
	}
	request, fingerprint, err := r.ws.clientRequest(r.reading, r.ErrOut)
	if err != nil {
		return held, err
	}
	certificate, err := r.sign(ctx, r.ws, r.reading, signing{r.to.config, request, fingerprint, r.life})
	if err != nil {
		return held, err
	}
	if err := output.WriteFile(r.ws.path(r.reading.ClientCertificateFile(generation)), certificate, output.FileOptions{Mode: 0o600, Force: true}); err != nil {
		return held, err
	}
	return r.ws.readClientGeneration(r.reading, generation)
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
		return withHint(fmt.Errorf("the store has not brought generation %d to %s yet: %w", r.newest(), r.reading.Consumer, withoutHint{err}), r.storeStep())
	}
	return nil
}

// bringPublic gives FROM what it has for this link and no secret.
func (r *rotation) bringPublic(ctx context.Context) error {
	changed, _, err := r.ws.turn(r.reading.Consumer, numbering{r.reading: {nil, r.newest()}}, numbering{r.reading: r.now()})
	if err != nil {
		return err
	}
	return r.from.bring(ctx, changed)
}

// endOld ends the old generation: first in TO, so that the tree never says that it is gone while it is
// there.
func (r *rotation) endOld(ctx context.Context) error {
	before, after := r.now(), generations{[]int32{r.newest()}, r.now().revoked}
	changed, gone, err := r.ws.turn(r.reading.Target, numbering{r.reading: before}, numbering{r.reading: after})
	if err != nil {
		return err
	}
	if err := r.to.bring(ctx, changed); err != nil {
		return err
	}
	entries, err := r.to.end(ctx, gone)
	for _, entry := range entries {
		r.to.say(r.System, "removed %s", entry.Ref)
	}
	if err != nil {
		return err
	}
	if len(before.current) > 1 {
		if err := r.keepOnly(r.newest()); err != nil {
			return err
		}
	}
	return r.forget(before.current[:len(before.current)-1])
}

// forget removes the files of client certificates that count no more.
func (r *rotation) forget(old []int32) error {
	var errs []error
	for _, generation := range old {
		for _, name := range []string{r.reading.ClientKeyFile(generation), r.reading.ClientCertificateFile(generation)} {
			errs = append(errs, r.ws.forget(name))
		}
	}
	return errors.Join(errs...)
}

// forget removes a file of credentials/, if it is there.
func (ws *workspace) forget(name string) error {
	if err := ws.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return quotePath(err)
	}
	return nil
}

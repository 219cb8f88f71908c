package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/rest"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

// callPatience bounds how long an API server may take to know a credential: it follows new Secrets
// and bindings a moment later.
const callPatience = 20 * time.Second

// verify is a call with the credential that FROM has now, which must be the newest one.
func (r *rotation) verify(ctx context.Context) error {
	if err := r.complete(); err != nil {
		return err
	}
	from, _ := r.ws.graph.Cluster(r.reading.Consumer)
	if away := r.away(from); away != nil {
		return r.verifyHere(ctx, away)
	}
	var err error
	if r.from, err = r.openSite(ctx, r.ws, from.Name); err != nil {
		return withHint(err, "or have somebody look who can, and go by that: "+r.command("--step drop --offline"))
	}
	return r.verifyThere(ctx)
}

// verifyThere calls with what the remote secret in FROM holds.
func (r *rotation) verifyThere(ctx context.Context) error {
	remote, err := r.held(ctx)
	if err != nil {
		return err
	}
	if err := r.checkGeneration(remote); err != nil {
		return withHint(fmt.Errorf("the remote secret in %s: %w", r.reading.Consumer, err), "bring the new one there: "+r.bringCommands())
	}
	// A credential goes where mesh.yaml says, and nowhere else.
	if api := topology.AddressFor(r.from.Cluster, r.target()).API; remote.Server != api.Server || remote.ProxyURL != api.ProxyURL || remote.Insecure {
		return withHint(fmt.Errorf("the remote secret in %s leads elsewhere than mesh.yaml says: to %s", r.reading.Consumer, remote.Server),
			"kubectl mesh render --apply --force-conflicts --cluster "+shell.Quote(r.reading.Consumer)+r.ws.filenameFlag())
	}
	return r.call(ctx, remote)
}

// held is the remote kubeconfig that istiod of FROM has of TO.
func (r *rotation) held(ctx context.Context) (cluster.Remote, error) {
	secrets, err := r.from.reader.RemoteSecrets(ctx, r.from.Istio.Namespace)
	if err != nil {
		return cluster.Remote{}, r.explain(err, r.contextOf(r.from.Cluster))
	}
	for _, secret := range secrets {
		for _, remote := range secret.Remotes {
			if secret.Name == render.RemoteSecret(r.reading.Target) && remote.ClusterID == r.target().ID() {
				return remote, nil
			}
		}
	}
	return cluster.Remote{}, withHint(fmt.Errorf("%s has no remote secret of %s", r.reading.Consumer, r.reading.Target), r.bringCommands())
}

// verifyHere calls with the credential in the workspace. That proves the credential, and not that
// FROM has it: nobody can be asked.
func (r *rotation) verifyHere(ctx context.Context, away error) error {
	remote, err := r.atHand()
	if err != nil {
		return err
	}
	if err := r.checkGeneration(remote); err != nil {
		return withHint(fmt.Errorf("in %s: %w", r.ws.path(credentialsFolder), err), r.bringCommands())
	}
	if err := r.call(ctx, remote); err != nil || r.step == stepVerify {
		return err
	}
	return withHint(fmt.Errorf("nothing shows that %s uses generation %d, and it cannot be asked: %w", r.reading.Consumer, r.newest(), away),
		"when somebody has seen that it does: "+r.command("--step drop --offline"))
}

// atHand is the remote kubeconfig as it would be rendered.
func (r *rotation) atHand() (cluster.Remote, error) {
	credential, err := r.ws.readCredential(r.reading)
	if errors.Is(err, fs.ErrNotExist) {
		return cluster.Remote{}, withHint(fmt.Errorf("there is no credential of %s for %s in %s", r.reading.Consumer, r.reading.Target, r.ws.path(credentialsFolder)), r.bringCommands())
	}
	if err != nil {
		return cluster.Remote{}, err
	}
	return r.remote(credential)
}

// readCredential reads the credential of a reading, of whichever kind.
func (ws *workspace) readCredential(reading render.Reading) (credential kubeconfig.Remote, err error) {
	if target, _ := ws.graph.Cluster(reading.Target); target.Reader.Auth == v1alpha1.ReaderAuthClientCertificate {
		credential.Certificate, err = ws.readClientCertificate(reading)
	} else {
		credential.Token, _, err = ws.readToken(reading)
	}
	return credential, err
}

func (r *rotation) remote(credential kubeconfig.Remote) (cluster.Remote, error) {
	from, _ := r.ws.graph.Cluster(r.reading.Consumer)
	text, err := render.RemoteKubeconfig(from, r.target(), credential)
	if err != nil {
		return cluster.Remote{}, err
	}
	return cluster.ParseRemote(r.target().ID(), text), nil
}

// checkGeneration refuses a credential that is not of the newest generation, as it says itself.
func (r *rotation) checkGeneration(remote cluster.Remote) error {
	if remote.Refused != "" {
		return errors.New(remote.Refused)
	}
	found, want := remote.User(), render.ReaderUser(r.reading.Consumer, r.newest())
	if r.target().Reader.Auth != v1alpha1.ReaderAuthClientCertificate {
		claims, _ := remote.Token.Claims()
		found, want = claims.Secret, newestSecret(r.target(), r.reading.Consumer)
	}
	switch {
	case found == "":
		return fmt.Errorf("its credential does not tell its generation, %q is wanted", want)
	case found != want:
		return fmt.Errorf("its credential is of %q, not of generation %d, which is %q", found, r.newest(), want)
	}
	return nil
}

// call calls TO as istiod of FROM does. It must be let in, as the reader, with all rights.
func (r *rotation) call(ctx context.Context, remote cluster.Remote) error {
	access := r.await(ctx, remote)
	if access.Verdict == cluster.VerdictUnreachable {
		if other, ok := r.byContext(ctx, remote); ok {
			fmt.Fprintf(r.ErrOut, "%s does not answer here: it is called at the address of context %q\n", remote.Server, r.contextOf(r.target()))
			access = r.await(ctx, other)
		}
	}
	where := r.reading.Target
	switch {
	case ctx.Err() != nil:
		return errInterrupted
	case access.Verdict == cluster.VerdictUnreachable:
		return withHint(fmt.Errorf("%s cannot be called from here: %s", where, access.Why), "call it from where it can be reached, and go by that: "+r.command("--step drop --offline"))
	case access.Verdict != cluster.VerdictAccepted:
		return withHint(fmt.Errorf("%s does not accept the new credential: %s", where, access.Why), r.bringCommands())
	case r.target().UID != "" && access.UID != "" && access.UID != r.target().UID:
		return withHint(fmt.Errorf("%s leads to a cluster with the UID %s, and %s is %s", remote.Server, access.UID, where, r.target().UID), "correct api.server of "+where)
	case access.Unasked != "":
		return fmt.Errorf("the rights of the new credential in %s could not be asked for: %s", where, access.Unasked)
	case len(access.Missing) > 0:
		return withHint(fmt.Errorf("the new credential lacks %s in %s, %s among them", count(len(access.Missing), "right"), where, access.Missing[0]),
			"kubectl mesh render --apply --cluster "+where)
	}
	fmt.Fprintf(r.ErrOut, "verify: %s lets in %s with generation %d\n", where, access.User, r.newest())
	return nil
}

// await calls until the credential is let in with all its rights, as long as patience lasts.
func (r *rotation) await(ctx context.Context, remote cluster.Remote) (access cluster.Access) {
	timeout, _ := time.ParseDuration(*r.Timeout) // 0, or seconds without a unit: the default
	from, _ := r.ws.graph.Cluster(r.reading.Consumer)
	config := "istio"
	if from.Istio.Revision != "" {
		config += "-" + from.Istio.Revision
	}
	rights := cluster.ReaderRights(r.target().Istio.Namespace, config)
	// The error of the wait is that of patience; the last answer says more.
	_ = wait.PollUntilContextTimeout(ctx, tokenInterval, callPatience, true, func(ctx context.Context) (bool, error) {
		access = cluster.Probe(ctx, remote, r.userAgent, timeout, rights)
		known := access.Verdict == cluster.VerdictAccepted && access.Unasked == "" && len(access.Missing) == 0
		return known || access.Verdict == cluster.VerdictUnreachable || access.Verdict == cluster.VerdictUntrusted, nil
	})
	return access
}

// byContext is the same credential at the address where the context of TO leads: api.server is for
// control planes, and may not answer here.
func (r *rotation) byContext(ctx context.Context, remote cluster.Remote) (cluster.Remote, bool) {
	if r.target().Context == "" {
		return remote, false
	}
	config, err := r.proven(ctx, r.ws, r.target())
	if err != nil || rest.LoadTLSFiles(config) != nil || config.Insecure || config.Host == remote.Server {
		return remote, false
	}
	remote.Server, remote.CertificateAuthorityData = config.Host, config.CAData
	remote.TLSServerName, remote.ProxyURL = config.ServerName, ""
	return remote, true
}

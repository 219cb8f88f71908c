package reader

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"

	"github.com/kubectl-mesh/kubectl-mesh/internal/live"
	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/tree"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

// callPatience bounds the wait for an API server to accept a credential: it learns of new Secrets and bindings with a
// delay.
const callPatience = 20 * time.Second

// verify calls with FROM's current credential, which must be the newest one.
func (r *rotation) verify(ctx context.Context, only bool) error {
	from := r.access.Consumer
	if away := r.Clusters.Away(from); away != nil {
		return r.verifyHere(ctx, away, only)
	}
	var err error
	if r.from, err = openSite(ctx, r.Clusters, r.Workspace, from.Name, r.Log); err != nil {
		return hint.Add(err, "or verify it from another site, and continue with: "+r.command("--step drop --offline"))
	}
	return r.verifyThere(ctx)
}

// verifyThere calls with the content of FROM's remote secret.
func (r *rotation) verifyThere(ctx context.Context) error {
	remote, err := r.held(ctx)
	if err != nil {
		return err
	}
	if err := r.checkGeneration(remote); err != nil {
		return hint.Add(fmt.Errorf("the remote secret in %s: %w", r.Pair.Consumer, err),
			"apply the new one: "+r.deliverCommands())
	}
	// A credential is sent only where mesh.yaml says.
	api := topology.AddressFor(r.from.Cluster.Cluster, r.access.Target).API
	if remote.Server != api.Server || remote.ProxyURL != api.ProxyURL || remote.Insecure {
		return hint.Add(fmt.Errorf("the remote secret in %s does not point at the API server in mesh.yaml, but at %s",
			r.Pair.Consumer, remote.Server),
			"kubectl mesh render --apply --force-conflicts --cluster "+shell.Name(r.Pair.Consumer)+r.Workspace.FilenameFlag())
	}
	return r.call(ctx, remote, r.verifiedElsewhere())
}

// held returns the remote kubeconfig for TO of FROM's istiod.
func (r *rotation) held(ctx context.Context) (cluster.RemoteKubeconfig, error) {
	secrets, err := r.from.Client.RemoteSecrets(ctx, r.from.Istio.Namespace)
	if err != nil {
		return cluster.RemoteKubeconfig{}, r.Clusters.Explain(err, r.from.Context)
	}
	for _, secret := range secrets {
		for _, remote := range secret.Remotes {
			if secret.Name == access.RemoteSecret(r.Pair.Target) && remote.ClusterID == r.access.Target.ID() {
				return remote, nil
			}
		}
	}
	return cluster.RemoteKubeconfig{}, hint.Add(fmt.Errorf("%s has no remote secret for %s", r.Pair.Consumer,
		r.Pair.Target), r.deliverCommands())
}

// verifyHere calls with the workspace's credential. That verifies the credential, but not that FROM has it, because
// FROM is unreachable.
func (r *rotation) verifyHere(ctx context.Context, away error, only bool) error {
	remote, err := r.isAvailable()
	if err != nil {
		return err
	}
	if err := r.checkGeneration(remote); err != nil {
		return hint.Add(fmt.Errorf("in %s: %w", r.Workspace.Path(layout.Credentials), err), r.deliverCommands())
	}
	if err := r.call(ctx, remote, r.verifiedElsewhere()); err != nil || only {
		return err
	}
	return hint.Add(fmt.Errorf("it is unknown whether %s uses generation %d, because it cannot be asked: %w",
		r.Pair.Consumer, r.newest(), away),
		"if you verified that it does: "+r.command("--step drop --offline"))
}

// isAvailable returns the remote kubeconfig as it would be rendered.
func (r *rotation) isAvailable() (cluster.RemoteKubeconfig, error) {
	credential, _, err := r.Workspace.ReadCredential(r.Pair)
	if errors.Is(err, fs.ErrNotExist) {
		return cluster.RemoteKubeconfig{}, hint.Add(fmt.Errorf("there is no credential of %s for %s in %s", r.Pair.Consumer,
			r.Pair.Target, r.Workspace.Path(layout.Credentials)), r.deliverCommands())
	}
	if err != nil {
		return cluster.RemoteKubeconfig{}, err
	}
	return r.remote(credential)
}

func (r *rotation) remote(credential kubeconfig.Credential) (cluster.RemoteKubeconfig, error) {
	from := r.access.Consumer
	text, err := render.RemoteKubeconfig(from, r.access.Target, credential)
	if err != nil {
		return cluster.RemoteKubeconfig{}, err
	}
	return cluster.ParseRemote(r.access.Target.ID(), text), nil
}

// checkGeneration rejects a credential that does not identify itself as the newest generation.
func (r *rotation) checkGeneration(remote cluster.RemoteKubeconfig) error {
	if remote.Refused != "" {
		return errors.New(remote.Refused)
	}
	claims, _ := remote.Token.Claims()
	found, want := cmp.Or(remote.User(), claims.Secret), r.access.Marker(r.newest())
	switch {
	case found == "":
		return fmt.Errorf("its credential contains no generation, %q is expected", want)
	case found != want:
		return fmt.Errorf("its credential belongs to %q, not to generation %d, which is %q", found, r.newest(), want)
	}
	return nil
}

// verifiedElsewhere is the remedy if the consumer's credential cannot be used from here.
func (r *rotation) verifiedElsewhere() string {
	return "call it from a site that reaches it, and continue with: " + r.command("--step drop --offline")
}

// call calls TO like FROM's istiod. It must be accepted as the reader, with all permissions. elsewhere is the remedy if
// TO is unreachable from here.
func (r *rotation) call(ctx context.Context, remote cluster.RemoteKubeconfig, elsewhere string) error {
	granted := r.await(ctx, remote)
	if granted.Verdict == cluster.VerdictUnreachable {
		if other, ok := r.byContext(ctx, remote); ok {
			r.Log.Info("%s does not respond at its address: calling the address of context %q", remote.Server,
				r.Clusters.Of(r.access.Target))
			granted = r.await(ctx, other)
		}
	}
	if ctx.Err() != nil {
		return verdict.ErrInterrupted
	}
	if err := r.judge(remote.Server, granted, elsewhere); err != nil {
		return err
	}
	r.Log.Info("verify: %s accepts %s with generation %d", r.Pair.Target, granted.User, r.newest())
	return nil
}

// judge returns nil if the API server at an address grants everything that a reader needs.
func (r *rotation) judge(server string, access cluster.Access, elsewhere string) error {
	where := r.Pair.Target
	switch {
	case access.Verdict == cluster.VerdictUnreachable:
		return hint.Add(fmt.Errorf("%s cannot be called from here: %s", where, access.Why), elsewhere)
	case access.Verdict == cluster.VerdictUntrusted:
		return hint.Add(fmt.Errorf("the certificate of %s cannot be verified: %s", server, access.Why),
			cmp.Or(access.Fault.Remedy(), "correct api.certificateAuthority or api.tlsServerName of "+where+", and apply it: "+
				"kubectl mesh render --apply --cluster "+shell.Name(r.Pair.Consumer)+r.Workspace.FilenameFlag()))
	case access.Verdict != cluster.VerdictAccepted:
		return hint.Add(fmt.Errorf("%s does not accept the new credential: %s", where, access.Why), r.deliverCommands())
	case r.access.Target.UID != "" && access.UID != "" && access.UID != r.access.Target.UID:
		return hint.Add(fmt.Errorf("%s points at a cluster with UID %s, but the UID of %s is %s", server, access.UID,
			where, r.access.Target.UID), "correct api.server of "+where)
	case access.Unasked != "":
		return fmt.Errorf("the permissions of the new credential in %s could not be verified: %s", where, access.Unasked)
	case len(access.Missing) > 0:
		return hint.Add(fmt.Errorf("the new credential has no permission for %s in %s, such as %s",
			terminal.Count(len(access.Missing), "right"), where, access.Missing[0]),
			r.Workspace.ApplyCommand(r.access.Target, string(tree.Skip)))
	}
	return nil
}

// await calls until the credential is accepted with all permissions, or patience ends.
func (r *rotation) await(ctx context.Context, remote cluster.RemoteKubeconfig) (granted cluster.Access) {
	from := r.access.Consumer
	permissions := cluster.ReaderPermissions(r.access.Target.Istio.Namespace, access.MeshConfigMap(from.Istio.Revision))
	// The wait's error is that of patience; the last response says more.
	_ = wait.PollUntilContextTimeout(ctx, live.PollInterval, callPatience, true, func(ctx context.Context) (bool, error) {
		granted = cluster.Probe(ctx, remote, r.Clusters.UserAgent(), r.Clusters.Timeout(), permissions)
		known := granted.Verdict == cluster.VerdictAccepted && granted.Unasked == "" && len(granted.Missing) == 0
		return known || granted.Verdict == cluster.VerdictUnreachable || granted.Verdict == cluster.VerdictUntrusted, nil
	})
	return granted
}

// byContext returns the same credential with the address of TO's context: api.server is for control planes, and may be
// unreachable from here.
func (r *rotation) byContext(ctx context.Context, remote cluster.RemoteKubeconfig) (cluster.RemoteKubeconfig, bool) {
	if r.access.Target.Context == "" {
		return remote, false
	}
	opened, err := r.Clusters.Open(ctx, r.access.Target, live.RequireProof)
	if err != nil {
		return remote, false
	}
	return opened.AtContext(remote)
}

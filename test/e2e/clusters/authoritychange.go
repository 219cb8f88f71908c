package clusters

import (
	"context"
	"slices"
	"testing"
)

// AuthorityChange replaces the certificate authority of an API server while its clients continue, in the order of
// https://kubernetes.io/docs/tasks/tls/manual-rotation-of-ca-certificates/. That of the clients' own certificates is
// kept.
type AuthorityChange struct {
	cluster *Cluster
	next    *authority
}

// ChangeAuthority makes everything that trusts the API server trust a second authority too: Cluster.CA, ConfigMap
// kube-root-ca.crt, new token Secrets. The API server still presents the certificate of the first.
func (c *Cluster) ChangeAuthority(t testing.TB) *AuthorityChange {
	t.Helper()
	next, err := newAuthority(c.Name + "-next")
	if err != nil {
		t.Fatal(err)
	}
	change := &AuthorityChange{cluster: c, next: next}
	change.trust(t, slices.Concat(c.CA, next.pem))
	return change
}

// Serve restarts the API server with a certificate of the second authority.
func (a *AuthorityChange) Serve(t testing.TB) {
	t.Helper()
	server, err := a.next.server()
	if err != nil {
		t.Fatal(err)
	}
	a.cluster.Stop()
	if err := a.cluster.writeAll(map[string][]byte{serverCertFile: server.cert, serverKeyFile: server.key}); err != nil {
		t.Fatal(err)
	}
	a.cluster.Restart(t)
}

// Finish removes the first authority everywhere.
func (a *AuthorityChange) Finish(t testing.TB) {
	t.Helper()
	a.trust(t, a.next.pem)
}

// trust makes the controller manager, which reads its files when it starts, publish the trusted certificates.
func (a *AuthorityChange) trust(t testing.TB, bundle []byte) {
	t.Helper()
	c := a.cluster
	c.controllerManager.stop()
	c.CA = bundle
	kubeconfig, err := c.Kubeconfig(c.Name)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.writeAll(map[string][]byte{serverAuthorityFile: bundle, kubeconfigFile: kubeconfig}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), startTimeout)
	defer cancel()
	if err := c.startControllerManager(ctx); err != nil {
		t.Fatal(err)
	}
}

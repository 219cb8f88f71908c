package istio

import (
	"context"
	"fmt"
	"slices"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-mesh/kubectl-mesh/test/istio/istiod"
)

// testAuthorityChange replaces the certificate authority of an API server that another istiod reads. Its remote
// secret changes twice: first it trusts both authorities, then, when the API server shows a certificate of the
// second, that one alone. The facts follow the contexts, as those who administer the cluster change them.
func (m *mesh) testAuthorityChange(t *testing.T) {
	starts := m.istiods["west"].Starts()
	stop := m.watch(t, m.members...)

	change := m.clusters["east"].ChangeAuthority(t)
	m.restartForAuthority(t)
	m.collectAuthority(t)
	if faulty(m.line) {
		m.testRefusedAuthority(t)
	}
	m.applyAuthority(t)

	change.Serve(t)
	m.wantReads(t, "192.0.2.11")

	change.Finish(t)
	m.collectAuthority(t)
	m.applyAuthority(t)
	m.wantReads(t, "192.0.2.12")
	namespaces := m.readerOf(t, "west", "east").CoreV1().Namespaces()
	if _, err := namespaces.List(t.Context(), metav1.ListOptions{}); err != nil {
		t.Errorf("the remote secret does not lead to the API server: %v", err)
	}

	wantNone(t, stop())
	m.wantSynced(t, m.members...)
	want := starts // of istiods that keep what they know; one that does not is restarted once for each change
	if faulty(m.line) {
		want += 2
	}
	if got := m.istiods["west"].Starts(); got != want {
		t.Errorf("starts of the istiod of west: got %d, want %d", got, want)
	}
}

// restartForAuthority restarts the istiod of east itself: what a pod trusts it reads when it starts.
func (m *mesh) restartForAuthority(t *testing.T) {
	t.Helper()
	if err := m.istiods["east"].RollOut(t); err != nil {
		t.Fatal(err)
	}
}

// collectAuthority has the facts say which authorities the context of east trusts now.
func (m *mesh) collectAuthority(t *testing.T) {
	t.Helper()
	m.writeContexts(t, m.clusters)
	m.mustRun(t, "collect", "--token=skip", "--cluster", "east")
	m.mustRun(t, "render", "--output-dir", "deploy")
}

// testRefusedAuthority: a line with faults has nothing written to any cluster.
func (m *mesh) testRefusedAuthority(t *testing.T) {
	t.Helper()
	before := m.secrets(t)
	got := m.run(t, "render", "--apply", "--with-sample")
	if got.code != 1 {
		t.Errorf("exit code: got %d, want 1", got.code)
	}
	got.wantSaid(t, "west: changing the remote secret of east triggers known faults in Istio ", "--accept-restart",
		"hint: nothing was changed in any cluster\n")
	if after := m.secrets(t); after != before {
		t.Errorf("Secrets have changed: from %s to %s", before, after)
	}
}

// applyAuthority brings the changed remote secret to west, whose istiod has to show that it keeps the endpoints.
func (m *mesh) applyAuthority(t *testing.T) {
	t.Helper()
	got := m.apply(t, m.acceptRestart()...)
	got.wantSaid(t, "west: 1 pod of istiod synced, with at least the ", " in east known before, for 1m0s\n",
		"west: 0 created, 1 changed, ")
}

// wantReads adds an endpoint in east and waits until the istiod of west has it: it reads, and does not just keep what
// it knew.
func (m *mesh) wantReads(t *testing.T, address string) {
	t.Helper()
	m.addEndpoint(t, "east", address)
	eventually(t, "the istiod of west reads east", func(ctx context.Context) error {
		shards, err := m.istiods["west"].Shards(ctx, istiod.Host, istiod.HostNamespace)
		if want := fmt.Sprintf("[%s] of east", address); err == nil && !slices.Contains(flatten(shards), want) {
			err = fmt.Errorf("got %q, want %q among them", flatten(shards), want)
		}
		return err
	})
}

package clusters_test

import (
	"crypto/x509"
	"errors"
	"syscall"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/test/e2e/clusters"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
)

func testKill(t *testing.T, c *clusters.Cluster) { testOutage(t, c, c.Kill) }
func testStop(t *testing.T, c *clusters.Cluster) { testOutage(t, c, c.Stop) }

func testOutage(t *testing.T, c *clusters.Cluster, end func()) {
	before := systemUID(t, c)
	configMaps := client(t, c.Config()).CoreV1().ConfigMaps(metav1.NamespaceDefault)
	kept := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "kept"}}
	if _, err := configMaps.Create(t.Context(), kept, metav1.CreateOptions{}); err != nil {
		t.Fatalf("create a ConfigMap: %v", err)
	}
	end()
	if _, err := configMaps.Get(t.Context(), kept.Name, metav1.GetOptions{}); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("read from a cluster that has ended: got %v, want connection refused", err)
	}
	c.Restart(t)
	if _, err := configMaps.Get(t.Context(), kept.Name, metav1.GetOptions{}); err != nil {
		t.Errorf("read after a restart: %v", err)
	}
	if after := systemUID(t, c); after != before {
		t.Errorf("kube-system UID after a restart: got %s, want %s", after, before)
	}
	testTokenSecret(t, c) // its controllers are back too
}

func testFlags(t *testing.T, c *clusters.Cluster) {
	stranger := client(t, withToken(c, "")).Discovery()
	if _, err := stranger.ServerVersion(); err != nil {
		t.Errorf("read the version as a stranger: %v", err)
	}
	c.Stop()
	c.Restart(t, "--anonymous-auth=false")
	if _, err := stranger.ServerVersion(); !apierrors.IsUnauthorized(err) {
		t.Errorf("read the version after a restart that forbids it: got %v, want Unauthorized", err)
	}
}

// testAuthorityChange: who trusts one authority alone gets in while the API server shows a certificate of that one.
func testAuthorityChange(t *testing.T, c *clusters.Cluster) {
	first := c.Config()
	change := c.ChangeAuthority(t)
	wantTrust(t, "before the restart, with the first", first, true)
	wantTrust(t, "before the restart, with both", c.Config(), true)
	change.Serve(t)
	wantTrust(t, "after the restart, with the first", first, false)
	wantTrust(t, "after the restart, with both", c.Config(), true)
	change.Finish(t)
	wantTrust(t, "at the end, with the second", c.Config(), true)
}

func wantTrust(t *testing.T, when string, config *rest.Config, want bool) {
	t.Helper()
	_, err := client(t, config).Discovery().ServerVersion()
	var untrusted x509.UnknownAuthorityError
	if got := err == nil; got != want || err != nil && !errors.As(err, &untrusted) {
		t.Errorf("%s: got %v", when, err)
	}
}

package clusters_test

import (
	"encoding/json"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/test/e2e/clusters"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func testIdentities(t *testing.T, all []*clusters.Cluster) {
	seen := map[string]string{}
	for _, c := range all {
		for what, value := range map[string]string{"kube-system UID": systemUID(t, c), "issuer": servedIssuer(t, c)} {
			if other, found := seen[value]; found {
				t.Errorf("%s of %s: got %s, which %s has too", what, c.Name, value, other)
			}
			seen[value] = c.Name
		}
	}
}

func systemUID(t *testing.T, c *clusters.Cluster) string {
	t.Helper()
	namespace, err := client(t, c.Config()).CoreV1().Namespaces().Get(t.Context(), "kube-system", metav1.GetOptions{})
	if err != nil {
		t.Fatalf("read kube-system of %s: %v", c.Name, err)
	}
	return string(namespace.UID)
}

// servedIssuer is what the cluster itself says, and must be what the Cluster says.
func servedIssuer(t *testing.T, c *clusters.Cluster) string {
	t.Helper()
	path := "/.well-known/openid-configuration"
	content, err := client(t, c.Config()).RESTClient().Get().AbsPath(path).DoRaw(t.Context())
	if err != nil {
		t.Fatalf("read the issuer of %s: %v", c.Name, err)
	}
	var document struct {
		Issuer string `json:"issuer"`
	}
	if err := json.Unmarshal(content, &document); err != nil {
		t.Fatalf("decode the issuer of %s: %v", c.Name, err)
	}
	if document.Issuer != c.Issuer {
		t.Errorf("issuer of %s: got %s, want %s", c.Name, document.Issuer, c.Issuer)
	}
	return document.Issuer
}

package e2e

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/kubectl-mesh/kubectl-mesh/test/e2e/clusters"
)

// TestScenarios sends every object of every scenario to an API server, whose schemas are the judge: Kubernetes' own, and
// the CRDs of the Gateway API (standard channel) and of Istio. A field that they do not know is an error.
func TestScenarios(t *testing.T) {
	c := clusters.Start(t, "judge")[0]
	clusters.InstallGatewayAPI(t, c)
	clusters.InstallIstio(t, c)
	streams, err := filepath.Glob("../../testdata/scenarios/*/want/stream/*.skip.yaml")
	if err != nil {
		t.Fatal(err)
	}
	accepted := map[string]int{}
	for _, stream := range streams {
		folder := filepath.Dir(filepath.Dir(filepath.Dir(stream)))
		name := strings.TrimSuffix(filepath.Base(stream), ".skip.yaml")
		t.Run(filepath.Base(folder)+"/"+name, func(t *testing.T) {
			w := workspace{dir: folder, kubeconfig: filepath.Join(t.TempDir(), "none")}
			got := w.run(t, "render", "--cluster", name, "--secrets=skip", "--with-sample")
			if got.code != 0 && got.code != 3 { // 3: what holds no credential is there, and certificates may not be
				t.Fatalf("exit code %d\n%s", got.code, got.stderr)
			}
			objects := applyObjects(t, c, withoutForeign(got.stdout))
			// The scenarios have names in common. Each is to be accepted as new, not as a change of another.
			removeObjects(t, c, objects)
			for _, object := range objects {
				accepted[object.GroupVersionKind().Group+"/"+object.GetKind()]++
			}
		})
	}
	for _, kind := range []string{"gateway.networking.k8s.io/Gateway", "gateway.networking.k8s.io/TLSRoute",
		"networking.istio.io/Gateway", "networking.istio.io/VirtualService", "apps/Deployment"} {
		if accepted[kind] == 0 {
			t.Errorf("no scenario has a %s: is the search broken?", kind)
		}
	}
}

// removeObjects removes all but the namespaces, last ones first.
func removeObjects(t *testing.T, c *clusters.Cluster, objects []*unstructured.Unstructured) {
	t.Helper()
	kinds := newObjectClient(t, c)
	for _, object := range slices.Backward(objects) {
		if object.GetKind() != "Namespace" {
			kinds.remove(t, object)
		}
	}
}

// withoutForeign leaves out what only cert-manager, External Secrets and SealedSecrets could judge: their kinds are not
// here. Of a Secret of sops it leaves out the block that Flux takes away before it applies one.
func withoutForeign(stream string) string {
	var kept []string
	for doc := range strings.SplitSeq(regexp.MustCompile(`(?m)^sops:\n(?:  .*\n)+`).ReplaceAllString(stream, ""), "---\n") {
		foreign := func(group string) bool { return strings.HasPrefix(doc, "apiVersion: "+group+"/") }
		if !slices.ContainsFunc([]string{"cert-manager.io", "external-secrets.io", "bitnami.com"}, foreign) {
			kept = append(kept, doc)
		}
	}
	return strings.Join(kept, "---\n")
}

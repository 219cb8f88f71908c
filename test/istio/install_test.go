package istio

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"helm.sh/helm/v4/pkg/chart/common/util"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-mesh/kubectl-mesh/test/istio/istiod"
)

// helmCommand is a command of INSTALL.md for a chart of Istio's repository, or of a registry of Solo's builds.
func helmCommand() *regexp.Regexp {
	return regexp.MustCompile(`(?m)^helm upgrade --install (\S+) (?:istio|oci://\S+|"\$HELM_REPO")/(\S+) .*--namespace (\S+) .*--values deploy/(helm/([^/]+)/\S+) --wait$`)
}

// releasesOf reads INSTALL.md of a rendered tree: what it has Helm install, by cluster, in its order.
func releasesOf(t *testing.T, deploy func(name string) string) map[string][]istiod.Release {
	t.Helper()
	text, err := os.ReadFile(deploy("INSTALL.md"))
	if err != nil {
		t.Fatal(err)
	}
	releases := map[string][]istiod.Release{}
	for _, match := range helmCommand().FindAllStringSubmatch(string(text), -1) {
		release := istiod.Release{Name: match[1], Chart: match[2], Namespace: match[3], Values: deploy(match[4])}
		releases[match[5]] = append(releases[match[5]], release)
	}
	return releases
}

// release is the one of a chart in a cluster.
func (m *mesh) release(t *testing.T, cluster, chart string) istiod.Release {
	t.Helper()
	for _, release := range releasesOf(t, func(name string) string { return m.path("deploy/" + name) })[cluster] {
		if release.Chart == chart {
			return release
		}
	}
	t.Fatalf("INSTALL.md does not install chart %s in %s", chart, cluster)
	return istiod.Release{}
}

// applyNamespaces applies the namespaces of a cluster, as kubectl apply --server-side does.
func (m *mesh) applyNamespaces(t *testing.T, cluster string) {
	t.Helper()
	client, err := dynamic.NewForConfig(m.clusters[cluster].Config())
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(m.path("deploy/overlays/" + cluster + "/namespace.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	namespaces := client.Resource(schema.GroupVersionResource{Version: "v1", Resource: "namespaces"})
	objects, err := istiod.Decode(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, object := range objects {
		options := metav1.ApplyOptions{FieldManager: "mesh-cli"}
		if _, err := namespaces.Apply(t.Context(), object.GetName(), object, options); err != nil {
			t.Fatalf("apply the namespaces of %s: %v", cluster, err)
		}
	}
}

// patched is a release with the values that a topology adds.
func (m *mesh) patched(t *testing.T, release istiod.Release) istiod.Release {
	t.Helper()
	if m.values == "" {
		return release
	}
	var patch, values map[string]any
	text, err := os.ReadFile(release.Values)
	if err != nil {
		t.Fatal(err)
	}
	for _, decode := range []struct {
		text string
		into *map[string]any
	}{{string(text), &values}, {m.values, &patch}} {
		if err := yaml.Unmarshal([]byte(decode.text), decode.into); err != nil {
			t.Fatal(err)
		}
	}
	merged, err := yaml.Marshal(util.MergeTables(patch, values))
	if err != nil {
		t.Fatal(err)
	}
	release.Values = filepath.Join(t.TempDir(), "values.yaml")
	if err := os.WriteFile(release.Values, merged, 0o600); err != nil {
		t.Fatal(err)
	}
	return release
}

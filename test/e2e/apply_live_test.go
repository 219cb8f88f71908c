package e2e

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"istio.io/api/label"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubectl-mesh/kubectl-mesh/test/e2e/clusters"
)

// newMesh has a mesh.yaml with this spec, in which every cluster has the context admin@NAME, and facts of all clusters.
func newMesh(t *testing.T, all []*clusters.Cluster, spec string) workspace {
	t.Helper()
	w := newWorkspace(t, all)
	w.mustRun(t, "collect", "--token=skip")
	w.writeSpec(t, spec)
	return w
}

func (w workspace) writeSpec(t *testing.T, spec string) {
	t.Helper()
	trust := othersCertify
	if strings.Contains(spec, "trust:") {
		trust = ""
	}
	w.write(t, "mesh.yaml", "apiVersion: kubectl-mesh.dev/v1alpha1\nkind: Mesh\nmetadata: {name: shop}\nspec:\n"+trust+
		"  waivers: [{rule: MESH006, reason: all on one machine}]\n  reader: {allowNonExpiring: true}\n"+strings.TrimPrefix(spec, "\n"))
}

// appliedTo returns the objects that the program has applied to a cluster, with their resource versions. The inventory has none:
// it changes with the others.
func appliedTo(t *testing.T, c *clusters.Cluster) map[string]string {
	t.Helper()
	kinds, found := newObjectClient(t, c), map[string]string{}
	for _, kind := range []schema.GroupKind{
		{Kind: "Namespace"}, {Kind: "Secret"}, {Kind: "ConfigMap"}, {Kind: "ServiceAccount"},
		{Group: "rbac.authorization.k8s.io", Kind: "Role"}, {Group: "rbac.authorization.k8s.io", Kind: "RoleBinding"},
		{Group: "rbac.authorization.k8s.io", Kind: "ClusterRole"}, {Group: "rbac.authorization.k8s.io", Kind: "ClusterRoleBinding"},
		{Group: "gateway.networking.k8s.io", Kind: "Gateway"}, {Group: "gateway.networking.k8s.io", Kind: "TLSRoute"},
	} {
		mapping, err := kinds.mapper.RESTMapping(kind)
		if meta.IsNoMatchError(err) {
			continue // without the kind there are no objects
		}
		if err != nil {
			t.Fatal(err)
		}
		list, err := kinds.objects.Resource(mapping.Resource).List(t.Context(), metav1.ListOptions{LabelSelector: "kubectl-mesh.dev/mesh=shop"})
		if err != nil {
			t.Fatal(err)
		}
		for _, object := range list.Items {
			name := object.GetKind() + " " + strings.TrimPrefix(object.GetNamespace()+"/"+object.GetName(), "/")
			found[name] = object.GetResourceVersion()
			if strings.Contains(name, "mesh-inventory-") {
				found[name] = ""
			}
		}
	}
	return found
}

// appliedToAll returns those of each cluster, by its name.
func appliedToAll(t *testing.T, all []*clusters.Cluster) map[string]map[string]string {
	t.Helper()
	found := map[string]map[string]string{}
	for _, c := range all {
		found[c.Name] = appliedTo(t, c)
	}
	return found
}

// wantSame compares objects with their resource versions.
func wantSame(t *testing.T, got, want map[string]string) {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if version, found := got[name]; !found {
			t.Errorf("%s is gone", name)
		} else if version != want[name] {
			t.Errorf("%s has changed", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(got)) {
		if _, found := want[name]; !found {
			t.Errorf("%s has come", name)
		}
	}
}

// wantWithout compares with what there was before, without some.
func wantWithout(t *testing.T, got, before map[string]string, gone ...string) {
	t.Helper()
	want := maps.Clone(before)
	for _, name := range gone {
		if _, found := want[name]; !found {
			t.Errorf("there was no %s before", name)
		}
		delete(want, name)
	}
	wantSame(t, got, want)
}

// wantUnchanged runs the program again, which must not write anything.
func (w workspace) wantUnchanged(t *testing.T, all []*clusters.Cluster) {
	t.Helper()
	before := appliedToAll(t, all)
	got := w.mustRun(t, "render", "--apply", "--prune")
	for _, c := range all {
		got.wantSaid(t, c.Name+": 0 to create, 0 to change, ", c.Name+": 0 created, 0 changed, ")
		wantSame(t, appliedTo(t, c), before[c.Name])
	}
}

// networkOf is the network that a Gateway of a cluster stands for.
func networkOf(t *testing.T, c *clusters.Cluster, namespace, name string) string {
	t.Helper()
	kinds := newObjectClient(t, c)
	mapping, err := kinds.mapper.RESTMapping(schema.GroupKind{Group: "gateway.networking.k8s.io", Kind: "Gateway"})
	if err != nil {
		t.Fatal(err)
	}
	gateway, err := kinds.objects.Resource(mapping.Resource).Namespace(namespace).Get(t.Context(), name, metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return gateway.GetLabels()[label.TopologyNetwork.Name]
}

package render

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/client-go/applyconfigurations/apps/v1"
	corev1 "k8s.io/client-go/applyconfigurations/core/v1"
	policyv1 "k8s.io/client-go/applyconfigurations/policy/v1"
	rbacv1 "k8s.io/client-go/applyconfigurations/rbac/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/applyconfiguration/apis/v1"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// In whatever order objects come, they are printed in the one of kustomize. The names are such
// that comparing them one after the other, or as one text, makes a difference.
func TestOrderIsThatOfKustomize(t *testing.T) {
	objects := everyKind()
	for seed := range uint64(10) {
		random := rand.New(rand.NewPCG(seed, 0))
		random.Shuffle(len(objects), func(i, j int) { objects[i], objects[j] = objects[j], objects[i] })
		want := kustomized(t, objects)
		sortObjects(objects)
		got, err := encodeStream(objects)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, string(got)); diff != "" {
			t.Fatalf("(-kustomize +ours):\n%s", diff)
		}
	}
}

// everyKind has the kinds that are rendered, and those whose turn may come.
func everyKind() []Object {
	objects := []Object{
		corev1.Namespace("b"), corev1.Namespace("a"), corev1.Namespace("a-b"),
		rbacv1.ClusterRole("r"), rbacv1.ClusterRole("r-2"), rbacv1.ClusterRole("r.2"),
		rbacv1.ClusterRoleBinding("r"), rbacv1.ClusterRoleBinding("r-2"),
	}
	for _, at := range []struct{ name, namespace string }{
		{"a", "n"}, {"a", "n-1"}, {"a-1", "n"}, {"a.1", "n"}, {"a1", "n"}, {"c", ""}, {"b", "default"}, {"10", "0"}, {"9", "0"},
	} {
		objects = append(objects,
			corev1.ServiceAccount(at.name, at.namespace), rbacv1.Role(at.name, at.namespace),
			rbacv1.RoleBinding(at.name, at.namespace), corev1.ConfigMap(at.name, at.namespace),
			corev1.Secret(at.name, at.namespace), corev1.Service(at.name, at.namespace),
			appsv1.Deployment(at.name, at.namespace), policyv1.PodDisruptionBudget(at.name, at.namespace),
			gatewayv1.Gateway(at.name, at.namespace), gatewayv1.HTTPRoute(at.name, at.namespace))
	}
	return objects
}

// kustomized is what kustomize makes of the objects, one after the other.
func kustomized(t *testing.T, objects []Object) string {
	t.Helper()
	stream, err := encodeStream(objects)
	if err != nil {
		t.Fatal(err)
	}
	disk := filesys.MakeFsInMemory()
	for name, text := range map[string]string{"/all.yaml": string(stream), "/kustomization.yaml": "resources: [all.yaml]\n"} {
		if err := disk.WriteFile(name, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	opts := krusty.MakeDefaultOptions()
	opts.Reorder = krusty.ReorderOptionUnspecified
	resources, err := krusty.MakeKustomizer(opts).Run(disk, "/")
	if err != nil {
		t.Fatal(err)
	}
	text, err := resources.AsYaml()
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

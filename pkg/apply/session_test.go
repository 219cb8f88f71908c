package apply

import (
	"slices"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/applyconfigurations/core/v1"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/fakeapi"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

const namespace = "istio-system"

// shop is the scope of the tests.
func shop() Scope {
	return Scope{Mesh: "shop", Namespace: namespace,
		Labels: map[string]string{"app.kubernetes.io/managed-by": "kubectl-mesh", "kubectl-mesh.dev/mesh": "shop"}}
}

// labels are those of shop, as YAML.
const labels = "labels: {app.kubernetes.io/managed-by: kubectl-mesh, kubectl-mesh.dev/mesh: shop}"

// newCluster is a cluster with the namespace of Istio.
func newCluster(t *testing.T) *fakeapi.Server {
	t.Helper()
	server := fakeapi.New(t, "uid-east")
	server.Put("{apiVersion: v1, kind: Namespace, metadata: {name: istio-system}}")
	return server
}

// begin is a session in a cluster, as another run of the program begins one.
func begin(t *testing.T, server *fakeapi.Server) *Session {
	t.Helper()
	client, err := Open(&rest.Config{Host: server.URL, BearerToken: fakeapi.AdminToken, QPS: -1,
		TLSClientConfig: rest.TLSClientConfig{CAData: server.CA}})
	if err != nil {
		t.Fatal(err)
	}
	return client.Session(shop())
}

// plan plans objects that must be right.
func plan(t *testing.T, s *Session, objects ...render.Object) []Change {
	t.Helper()
	changes, err := s.Plan(t.Context(), objects)
	if err != nil {
		t.Fatal(err)
	}
	return changes
}

// rollOut plans, applies and settles.
func rollOut(t *testing.T, s *Session, objects ...render.Object) {
	t.Helper()
	if _, err := s.Apply(t.Context(), plan(t, s, objects...)); err != nil {
		t.Fatal(err)
	}
	settle(t, s)
}

func settle(t *testing.T, s *Session) {
	t.Helper()
	if err := s.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// Objects of the mesh.
func account(name string) render.Object {
	return v1.ServiceAccount(name, namespace).WithLabels(shop().Labels)
}

func configMap(name, value string) render.Object {
	return v1.ConfigMap(name, namespace).WithLabels(shop().Labels).WithData(map[string]string{"a": value})
}

// listed is the inventory of a cluster: a line for each object with its UID, and what is due.
func listed(t *testing.T, server *fakeapi.Server) []string {
	t.Helper()
	object := server.Get("configmaps", "istio-system/mesh-inventory-shop")
	if object == nil {
		return nil
	}
	objects, _, _ := unstructured.NestedString(object.Object, "data", keyObjects)
	var entries []Entry
	if err := yaml.Unmarshal([]byte(objects), &entries); err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, entry := range entries {
		lines = append(lines, strings.TrimSpace(entry.Ref.String()+" "+entry.UID))
	}
	if due, _, _ := unstructured.NestedString(object.Object, "data", keyDue); due != "" {
		lines = append(lines, "due: "+due)
	}
	return lines
}

// refs names the objects of changes.
func refs(changes []Change) []string {
	var names []string
	for _, change := range changes {
		names = append(names, string(change.Action)+" "+change.Ref.String())
	}
	return names
}

// changing are the requests that change something but the inventory.
func changing(server *fakeapi.Server) []string {
	return slices.DeleteFunc(server.Changes(), func(request string) bool { return request == writeInventory })
}

const (
	readInventory  = "get configmaps istio-system/mesh-inventory-shop"
	writeInventory = "apply configmaps istio-system/mesh-inventory-shop"
)

func configMapResource() schema.GroupResource { return schema.GroupResource{Resource: "configmaps"} }

// said is an error without its remedies, a line for each problem.
func said(err error) string {
	var lines []string
	for _, problem := range hint.List(err) {
		lines = append(lines, problem.Text)
	}
	return strings.Join(lines, "\n")
}

package mesh_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
)

const declaredMesh = `apiVersion: kubectl-mesh.dev/v1alpha1
kind: Mesh
metadata: {name: shop}
spec:
  clusters:
  - {name: east, network: vpc-a}
  - {name: west}
`

const eastFacts = `apiVersion: kubectl-mesh.dev/v1alpha1
kind: ClusterFacts
metadata: {name: east}
spec: {network: vpc-b, istio: {revision: "1-30"}}
`

const eastState = `apiVersion: kubectl-mesh.dev/v1alpha1
kind: State
spec: {clusters: {east: {uid: "1"}}}
`

func TestDeclared(t *testing.T) {
	files := fstest.MapFS{"clusters/east.yaml": {Data: []byte(eastFacts)}, "clusters/gone.yaml": {Data: []byte(eastFacts)},
		".kubectl-mesh/state.yaml": {Data: []byte(eastState)}}
	doc, problems := mesh.Load(mesh.Source{Name: "mesh.yaml", Text: []byte(declaredMesh), Files: files})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if east := doc.Mesh.Spec.Clusters[0]; east.Network != "vpc-a" || east.UID != "1" || east.Istio.Revision != "1-30" {
		t.Errorf("with facts: got %+v", east)
	}
	east := doc.Declared().Spec.Clusters[0]
	if east.Network != "vpc-a" || east.UID != "" || east.Istio.Revision != "" || east.Istio.Namespace != "istio-system" {
		t.Errorf("declared: got %+v", east)
	}
	if got := string(doc.Facts("east")); got != eastFacts {
		t.Errorf("text of the facts: got %q", got)
	}
	if got := doc.Facts("west"); got != nil {
		t.Errorf("facts of a cluster without: got %q, want nil", got)
	}
}

// TestDeclaredIncomplete: mesh.yaml may be valid only together with its facts.
func TestDeclaredIncomplete(t *testing.T) {
	text := strings.Replace(declaredMesh, "network: vpc-a", "locality: {zone: a}", 1)
	facts := strings.Replace(eastFacts, "network: vpc-b", "locality: {region: eu}", 1)
	doc, problems := mesh.Load(mesh.Source{Name: "mesh.yaml", Text: []byte(text),
		Files: fstest.MapFS{"clusters/east.yaml": {Data: []byte(facts)}}})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if declared := doc.Declared(); declared != nil {
		t.Errorf("got %+v, want nil", declared)
	}
}

func TestCheckFacts(t *testing.T) {
	for text, want := range map[string]string{
		eastFacts: "",
		strings.Replace(eastFacts, "name: east", "name: west", 1):   `metadata.name: Invalid value: "west": must be the name of the file`,
		strings.Replace(eastFacts, "network:", "wrong:", 1):         `spec.wrong: unknown field`,
		strings.Replace(eastFacts, "network: vpc-b", "a: b, a", 1):  "duplicate",
		strings.Replace(eastFacts, "vpc-b", "'not a label!'", 1):    "spec.network: Invalid value",
		strings.Replace(eastFacts, "kind: ClusterFacts", "", 1):     "kind: ",
		strings.Replace(eastFacts, "metadata: {name: east}", "", 1): "metadata.name: ",
		"": "is empty",
	} {
		var got []string
		for _, problem := range mesh.CheckFacts("east", []byte(text)) {
			got = append(got, problem.String())
		}
		all := strings.Join(got, "\n")
		if want == "" && all != "" || !strings.Contains(all, want) {
			t.Errorf("%s\ngot %s, want %q", text, all, want)
		}
	}
}

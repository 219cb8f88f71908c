package v1alpha1_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// edit turns a valid mesh into the one that a test is about.
type edit func(*v1alpha1.Mesh)

// pair is a valid mesh of the clusters east and west, edited.
func pair(edits ...edit) *v1alpha1.Mesh {
	mesh := &v1alpha1.Mesh{
		TypeMeta: v1alpha1.TypeMeta{APIVersion: v1alpha1.APIVersion, Kind: v1alpha1.KindMesh},
		Metadata: v1alpha1.Metadata{Name: "shop"},
		Spec:     v1alpha1.MeshSpec{Clusters: []v1alpha1.Cluster{{Name: "east"}, {Name: "west"}}},
	}
	for _, edit := range edits {
		edit(mesh)
	}
	return mesh
}

// east edits the first cluster.
func east(change func(*v1alpha1.Cluster)) edit {
	return func(m *v1alpha1.Mesh) { change(&m.Spec.Clusters[0]) }
}

// west edits the second cluster.
func west(change func(*v1alpha1.Cluster)) edit {
	return func(m *v1alpha1.Mesh) { change(&m.Spec.Clusters[1]) }
}

// all joins edits.
func all(edits ...edit) edit {
	return func(m *v1alpha1.Mesh) {
		for _, edit := range edits {
			edit(m)
		}
	}
}

// wrong is what a test does to a valid mesh, and every error that must come of it.
type wrong struct {
	edit edit
	want []string
}

func checkAll(t *testing.T, tests map[string]wrong) {
	t.Helper()
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Helper()
			check(t, test.edit, test.want...)
		})
	}
}

// check compares whole problems: field, type, value, detail and remedy. A mesh without errors must
// have none with its defaults either.
func check(t *testing.T, edit edit, want ...string) {
	t.Helper()
	mesh := pair(edit)
	if diff := cmp.Diff(want, errorsOf(mesh)); diff != "" {
		t.Errorf("errors (-want +got):\n%s", diff)
	}
	if len(want) > 0 {
		return
	}
	v1alpha1.SetDefaults(mesh)
	if errs := errorsOf(mesh); len(errs) > 0 {
		t.Errorf("errors of its defaults:\n%s", strings.Join(errs, "\n"))
	}
}

func errorsOf(mesh *v1alpha1.Mesh) []string {
	var texts []string
	for _, problem := range v1alpha1.Validate(mesh) {
		texts = append(texts, printed(problem))
	}
	return texts
}

// printed is how a person reads a problem.
func printed(problem v1alpha1.Problem) string {
	return problem.Error.Error() + "\nhint: " + problem.Remedy
}

// checkValues sets one field of east to each value in turn; its error must be the one behind
// it, and none where that is empty.
func checkValues(t *testing.T, set func(c *v1alpha1.Cluster, value string), tests map[string]string) {
	t.Helper()
	for value, want := range tests {
		t.Run(value, func(t *testing.T) {
			t.Helper()
			var all []string
			if want != "" {
				all = []string{want}
			}
			check(t, east(func(c *v1alpha1.Cluster) { set(c, value) }), all...)
		})
	}
}

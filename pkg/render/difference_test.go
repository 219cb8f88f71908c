package render_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// What a new generation adds, and what the end of an old one takes away, is seen object by object; what stays as it is,
// is not.
func TestDifference(t *testing.T) {
	overlay := func(reader string) render.Overlay {
		return compile(t, load(t, `
  clusters:
  - {name: east, api: {server: "https://203.0.113.1"}, `+reader+`}
  - {name: west, api: {server: "https://203.0.113.2"}}
`), "east", render.Options{})
	}
	const certificates = `reader: {auth: clientCertificate}, `
	one, two, last := `readerGenerations: {west: [1]}`, `readerGenerations: {west: [1, 2]}`, `readerGenerations: {west: [2]}`
	for name, test := range map[string]struct {
		before, after string
		changed, gone []string
	}{
		"nothing":           {one, one, nil, nil},
		"a new token":       {one, two, []string{"Secret mesh-reader-west-token-1", "Secret mesh-reader-west-token-2"}, nil}, // the first loses its guard
		"the old one ended": {two, last, nil, []string{"Secret mesh-reader-west-token-1"}},
		"a new user":        {certificates + one, certificates + two, []string{"RoleBinding mesh-reader-west", "ClusterRoleBinding mesh-reader-west"}, nil},
		"the reader ended": {two, `revokedReaders: {west: 2}`, nil, []string{"Secret mesh-reader-west-token-2", "Secret mesh-reader-west-token-1",
			"ClusterRoleBinding mesh-reader-west", "RoleBinding mesh-reader-west", "ClusterRole mesh-reader", "Role mesh-reader", "ServiceAccount mesh-reader-west"}},
	} {
		t.Run(name, func(t *testing.T) {
			changed, gone, err := render.Difference(overlay(test.before), overlay(test.after))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([][]string{test.changed, test.gone}, [][]string{identities(changed), identities(gone)}); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func identities(objects []render.Object) []string {
	var names []string
	for _, object := range objects {
		names = append(names, *object.GetKind()+" "+*object.GetName())
	}
	return names
}

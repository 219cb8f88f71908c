package access_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// TestValidate: reader.auth names a kind, and what the kind requires is set where the kind is chosen, or inherited.
func TestValidate(t *testing.T) {
	const (
		missing   = "Required value: set it\nhint: set the store: external: {secretStoreRef: {name: mesh}}"
		supported = `supported values: "token", "clientCertificate", "federated", "external"`
	)
	own := v1alpha1.Reader{External: &v1alpha1.ExternalStore{SecretStoreRef: v1alpha1.SecretStoreRef{Name: "mesh"}}}
	external, token := v1alpha1.Reader{Auth: "external"}, v1alpha1.Reader{Auth: "token"}
	none, elsewhere := v1alpha1.Reader{}, v1alpha1.Reader{ServiceAccount: "peers"}
	for name, test := range map[string]struct {
		mesh, east, west v1alpha1.Reader
		want             []string
	}{
		"nothing is set": {none, none, none, nil},
		"a slip": {v1alpha1.Reader{Auth: "tokens"}, none, none, []string{
			`spec.reader.auth: Unsupported value: "tokens": ` + supported + "\n" + `hint: did you mean "token"?`}},
		"no such kind, in one cluster": {none, none, v1alpha1.Reader{Auth: "password"}, []string{
			`spec.clusters[1].reader.auth: Unsupported value: "password": ` + supported +
				"\nhint: use one of token, clientCertificate, federated, external"}},
		"no store":                        {external, none, none, []string{"spec.reader.external: " + missing}},
		"no store in one cluster":         {none, external, none, []string{"spec.clusters[0].reader.external: " + missing}},
		"store of the mesh":               {own, external, none, nil},
		"a store in each cluster":         {external, own, own, nil},
		"a store in one cluster":          {external, own, none, []string{"spec.reader.external: " + missing}},
		"no store, and no heir":           {external, token, token, nil},
		"no store, and one says the same": {external, none, external, []string{"spec.reader.external: " + missing, "spec.clusters[1].reader.external: " + missing}},
		"a cluster sets another field":    {external, elsewhere, token, []string{"spec.reader.external: " + missing}},
		"the kind is each cluster's own":  {none, external, external, []string{"spec.clusters[0].reader.external: " + missing, "spec.clusters[1].reader.external: " + missing}},
		"a kind without a store for it":   {none, own, own, nil},
		"all at once": {v1alpha1.Reader{Auth: "tokens"}, v1alpha1.Reader{Auth: "Federated"}, external, []string{
			`spec.reader.auth: Unsupported value: "tokens": ` + supported + "\n" + `hint: did you mean "token"?`,
			`spec.clusters[0].reader.auth: Unsupported value: "Federated": ` + supported + "\n" + `hint: did you mean "federated"?`,
			"spec.clusters[1].reader.external: " + missing}},
	} {
		mesh := &v1alpha1.Mesh{}
		mesh.Spec.Reader = test.mesh
		mesh.Spec.Clusters = []v1alpha1.Cluster{{Name: "east"}, {Name: "west"}}
		mesh.Spec.Clusters[0].Reader, mesh.Spec.Clusters[1].Reader = test.east, test.west
		var got []string
		for _, problem := range access.Validate(mesh) {
			got = append(got, problem.Error.Error()+"\nhint: "+problem.Remedy)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

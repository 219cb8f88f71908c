package access

import (
	"cmp"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// Validate checks the kinds of credentials in a mesh before defaults are set, and returns every problem with its field
// path.
func Validate(mesh *v1alpha1.Mesh) []v1alpha1.Problem {
	path := field.NewPath("spec")
	problems := v1alpha1.ValidateEnum(path.Child("reader", "auth"), mesh.Spec.Reader.Auth, Auths()...)
	for i, cluster := range mesh.Spec.Clusters {
		at := path.Child("clusters").Index(i).Child("reader", "auth")
		problems = append(problems, v1alpha1.ValidateEnum(at, cluster.Reader.Auth, Auths()...)...)
	}
	return append(problems, missing(path, &mesh.Spec)...)
}

// missing returns the fields that a kind requires and that no reader sets. If a cluster inherits the kind, a missing
// field is reported once, where the mesh sets the kind.
func missing(path *field.Path, spec *v1alpha1.MeshSpec) []v1alpha1.Problem {
	var inherited, own []v1alpha1.Problem
	seen := map[string]bool{}
	for i, cluster := range spec.Clusters {
		reader := cluster.Reader
		reader.Auth = cmp.Or(reader.Auth, spec.Reader.Auth)
		reader.External = cmp.Or(reader.External, spec.Reader.External)
		for _, requirement := range kindNamed(reader.Auth).Required(reader) {
			if cluster.Reader.Auth != "" {
				at := path.Child("clusters").Index(i).Child("reader", requirement.Field)
				own = append(own, v1alpha1.Required(at, requirement.Remedy))
			} else if !seen[requirement.Field] {
				seen[requirement.Field] = true
				inherited = append(inherited, v1alpha1.Required(path.Child("reader", requirement.Field), requirement.Remedy))
			}
		}
	}
	return append(inherited, own...)
}

package rules

import (
	"fmt"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

func notRendered() Rule {
	return Rule{
		ID: "MESH014", Severity: mesh.SeverityError,
		Title: "This release does not render what the mesh asks for",
		Why: "This release renders readers with auth token and federated. It knows the fields of the other kinds, and checks them, but " +
			"writes nothing for them: the mesh would not work.",
		Remedy: "Use reader.auth token or federated, or a release that renders the others. Waive the finding to render the rest, and " +
			"make the missing objects by hand.",
		find: func(in Input) []finding {
			spec := in.Mesh.Spec
			var found []finding
			for i, cluster := range spec.Clusters {
				rendered := cluster.Reader.Auth == v1alpha1.ReaderAuthToken || cluster.Reader.Auth == v1alpha1.ReaderAuthFederated
				if in.Graph.IsRead(cluster.Name) && !rendered {
					found = append(found, finding{clusters: []string{cluster.Name}, field: at(i, "reader.auth"),
						message: fmt.Sprintf("reader.auth %s of %s is not rendered by this release", cluster.Reader.Auth, cluster.Name),
						hint:    "use reader.auth token, or waive the finding and make the credentials by hand"})
				}
			}
			return found
		},
	}
}

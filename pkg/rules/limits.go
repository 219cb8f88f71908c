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
		Why: "This release renders nothing for readers with auth external. It knows their fields, and checks them, but " +
			"no credential: the mesh would not work.",
		Remedy: "Use another reader.auth, or a release that renders this one. Waive the finding to render the rest, and " +
			"make the missing objects by hand.",
		find: func(in Input) []finding {
			spec := in.Mesh.Spec
			var found []finding
			for i, cluster := range spec.Clusters {
				if in.Graph.IsRead(cluster.Name) && cluster.Reader.Auth == v1alpha1.ReaderAuthExternal {
					found = append(found, finding{clusters: []string{cluster.Name}, field: at(i, "reader.auth"),
						message: fmt.Sprintf("reader.auth %s of %s is not rendered by this release", cluster.Reader.Auth, cluster.Name),
						hint:    "use reader.auth token, or waive the finding and make the credentials by hand"})
				}
			}
			return found
		},
	}
}

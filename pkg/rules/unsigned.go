package rules

import (
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
)

func unsigned() Rule {
	return Rule{
		ID: "MESH034", Severity: mesh.SeverityError,
		Title: "A cluster signs no client certificates",
		Why: "With auth: clientCertificate, the target signs its reader's certificate, with signer " +
			"kubernetes.io/kube-apiserver-client. EKS does not sign them: the request would stay pending.",
		Remedy: "Use another kind of credential for the cluster: reader.auth: token.",
		find: func(in Input) []finding {
			var found []finding
			for i := range in.Mesh.Spec.Clusters {
				cluster := &in.Mesh.Spec.Clusters[i]
				kind := access.KindOf(cluster)
				why, instead := kind.Unsupported(cluster)
				if kind.Traits().Signed && why != "" && in.Graph.IsTarget(cluster.Name) {
					found = append(found, finding{
						clusters: []string{cluster.Name},
						field:    at(i, "reader.auth"),
						message:  why,
						hint:     instead,
					})
				}
			}
			return found
		},
	}
}

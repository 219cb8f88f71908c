package rules

import (
	"fmt"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

func unsigned() Rule {
	return Rule{
		ID: "MESH034", Severity: mesh.SeverityError,
		Title: "A cluster signs no client certificates",
		Why: "With auth clientCertificate the cluster that is read signs the certificate of its reader, with the signer " +
			"kubernetes.io/kube-apiserver-client. EKS documents that it does not: the request would wait for ever.",
		Remedy: "Use another kind of credential for the cluster: reader.auth token.",
		find: func(in Input) []finding {
			var found []finding
			for i, cluster := range in.Mesh.Spec.Clusters {
				if cluster.Reader.Auth == v1alpha1.ReaderAuthClientCertificate && cluster.Platform == v1alpha1.PlatformEKS && in.Graph.IsRead(cluster.Name) {
					found = append(found, finding{clusters: []string{cluster.Name}, field: at(i, "reader.auth"),
						message: fmt.Sprintf("%s is on EKS, which signs no client certificates", cluster.Name),
						hint:    "use reader.auth token for it"})
				}
			}
			return found
		},
	}
}

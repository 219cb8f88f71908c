package access

import (
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

// Pair is a control plane and an API server that it reads. It is what a credential is for.
type Pair struct {
	// Consumer is the cluster whose control plane holds the remote secret, Target the one that it reads.
	Consumer, Target string
}

// TokenFile is where the token is kept, relative to the directory of mesh.yaml.
func (p Pair) TokenFile() string { return layout.Token(p.Target, p.Consumer) }

// ClientCertificateFile is where one generation of a client certificate is kept, relative to the directory
// of mesh.yaml.
func (p Pair) ClientCertificateFile(generation int32) string {
	return layout.ClientCertificate(p.Target, p.Consumer, generation)
}

// ClientKeyFile is where its key is kept.
func (p Pair) ClientKeyFile(generation int32) string {
	return layout.ClientKey(p.Target, p.Consumer, generation)
}

// TokenPairs are those whose credential is a token that the workspace keeps, sorted by target.
func TokenPairs(graph *topology.Graph, consumer string) []Pair {
	return heldAs(graph, consumer, FormToken)
}

// CertificatePairs are those whose credential is a client certificate that the workspace keeps, sorted by target.
func CertificatePairs(graph *topology.Graph, consumer string) []Pair {
	return heldAs(graph, consumer, FormCertificate)
}

// SecretPairs are those for which the overlay of a consumer holds a credential.
func SecretPairs(graph *topology.Graph, consumer string) []Pair {
	return append(TokenPairs(graph, consumer), CertificatePairs(graph, consumer)...)
}

func heldAs(graph *topology.Graph, consumer string, form Form) []Pair {
	var found []Pair
	for target := range graph.Targets(consumer) {
		if traits := KindOf(target).Traits(); traits.Held() && traits.Form == form {
			found = append(found, Pair{Consumer: consumer, Target: target.Name})
		}
	}
	return found
}

package access

import (
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

// Pair is a consumer and a target: what a credential is for.
type Pair struct {
	// Consumer is the cluster whose control plane has the remote secret; Target is the cluster that it reads.
	Consumer, Target string
}

// TokenFile returns the path of the token, relative to the directory of mesh.yaml.
func (p Pair) TokenFile() string { return layout.Token(p.Target, p.Consumer) }

// ClientCertificateFile returns the path of a generation's client certificate, relative to the directory of mesh.yaml.
func (p Pair) ClientCertificateFile(generation int32) string {
	return layout.ClientCertificate(p.Target, p.Consumer, generation)
}

// ClientKeyFile returns the path of its key.
func (p Pair) ClientKeyFile(generation int32) string {
	return layout.ClientKey(p.Target, p.Consumer, generation)
}

// TokenPairs returns the pairs with a token in the workspace, sorted by target.
func TokenPairs(graph *topology.Graph, consumer string) []Pair {
	return heldAs(graph, consumer, FormToken)
}

// CertificatePairs returns the pairs with a client certificate in the workspace, sorted by target.
func CertificatePairs(graph *topology.Graph, consumer string) []Pair {
	return heldAs(graph, consumer, FormCertificate)
}

// SecretPairs returns the pairs with a credential in the consumer's overlay.
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

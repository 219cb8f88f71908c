// Package access says which control plane reads which API server, as whom, with which kind of credential
// and which permissions: the names of accounts, users, Secrets and stores that both ends have to agree on.
package access

import (
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
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

// TokenPairs are those whose credential is a token of this mesh, sorted by target.
func TokenPairs(graph *topology.Graph, consumer string) []Pair {
	return pairs(graph, consumer, v1alpha1.ReaderAuthToken)
}

// CertificatePairs are those whose credential is a client certificate, sorted by target.
func CertificatePairs(graph *topology.Graph, consumer string) []Pair {
	return pairs(graph, consumer, v1alpha1.ReaderAuthClientCertificate)
}

// SecretPairs are those for which the overlay of a consumer holds a credential.
func SecretPairs(graph *topology.Graph, consumer string) []Pair {
	return append(TokenPairs(graph, consumer), CertificatePairs(graph, consumer)...)
}

func pairs(graph *topology.Graph, consumer string, auth v1alpha1.ReaderAuth) []Pair {
	var found []Pair
	for target := range graph.ReadBy(consumer) {
		if target.Reader.Auth == auth {
			found = append(found, Pair{Consumer: consumer, Target: target.Name})
		}
	}
	return found
}

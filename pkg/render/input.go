package render

import (
	"path"
	"strconv"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/sealing"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// Input is everything that a rendering depends on.
type Input struct {
	// Mesh is valid and has its defaults.
	Mesh  *v1alpha1.Mesh
	Graph *topology.Graph
	// Tokens are the reader credentials that are at hand.
	Tokens map[Reading]kubeconfig.Token
	// ClientCertificates are the reader credentials of the other kind that are at hand.
	ClientCertificates map[Reading]kubeconfig.ClientCertificate
	// Bundles are the certificates of clusters, by name, with a key where it is at hand.
	Bundles map[string]trust.Bundle
	// Sealed are the files of ciphertext, by path. They come out where credentials do not.
	Sealed map[string]*sealing.File
	// Sample asks for the verification workload too.
	Sample bool
}

// Reading is one control plane reading one API server. It is what a credential is for.
type Reading struct {
	// Target is the cluster that is read; Consumer the one whose control plane reads it.
	Target, Consumer string
}

// TokenFile is where the token is kept, relative to the folder of mesh.yaml.
func (r Reading) TokenFile() string {
	return path.Join("credentials", r.Target, r.Consumer, "token")
}

// ClientCertificateFile is where one generation of a client certificate is kept, relative to the
// folder of mesh.yaml.
func (r Reading) ClientCertificateFile(generation int32) string {
	return path.Join("credentials", r.Target, r.Consumer, "client"+ordinal(generation)+".crt")
}

// ClientKeyFile is where its key is kept.
func (r Reading) ClientKeyFile(generation int32) string {
	return path.Join("credentials", r.Target, r.Consumer, "client"+ordinal(generation)+".key")
}

// ordinal is empty for the first generation.
func ordinal(generation int32) string {
	if generation == 1 {
		return ""
	}
	return "-" + strconv.Itoa(int(generation))
}

// ReaderUser is who the control plane of a consumer is at API servers that know it by a client
// certificate: the common name in it. Nobody can call a certificate back; what ends one generation
// is that its name is bound no more, so each has its own.
func ReaderUser(consumer string, generation int32) string {
	return "mesh:" + consumer + strings.Replace(ordinal(generation), "-", ":", 1)
}

// CertificateReadings returns the readings for which the overlay of a consumer needs a client
// certificate, sorted by target.
func CertificateReadings(graph *topology.Graph, consumer string) []Reading {
	return readings(graph, consumer, v1alpha1.ReaderAuthClientCertificate)
}

// SecretReadings returns all readings for which the overlay of a consumer holds a credential.
func SecretReadings(graph *topology.Graph, consumer string) []Reading {
	return append(Readings(graph, consumer), CertificateReadings(graph, consumer)...)
}

// Readings returns the readings whose credentials the overlay of a consumer needs: those
// with a token, sorted by target.
func Readings(graph *topology.Graph, consumer string) []Reading {
	return readings(graph, consumer, v1alpha1.ReaderAuthToken)
}

func readings(graph *topology.Graph, consumer string, auth v1alpha1.ReaderAuth) []Reading {
	var found []Reading
	for target := range graph.ReadBy(consumer) {
		if target.Reader.Auth == auth {
			found = append(found, Reading{Target: target.Name, Consumer: consumer})
		}
	}
	return found
}

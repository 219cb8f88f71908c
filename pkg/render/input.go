package render

import (
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
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
	// Credentials are the reader credentials that are at hand.
	Credentials map[access.Pair]kubeconfig.Credential
	// Bundles are the certificates of clusters, by name, with a key where it is at hand.
	Bundles map[string]trust.Bundle
	// AbsentCredentials and AbsentKeys say of what is not at hand how to get it, the latter by cluster.
	AbsentCredentials map[access.Pair]Missing
	AbsentKeys        map[string]Missing
	// Root is the text of trust/root-cert.pem; nil where there is none.
	Root []byte
	// Sealed are the files of ciphertext, by path; nil where they are not read. They come out where credentials do not.
	Sealed map[string]*sealing.File
	// Written are the files held back that an earlier rendering wrote and that are still there: in the reviewed tree,
	// and in the tree of credentials.
	Written, WrittenSecret map[string]bool
	// Kept are the parts of files that are held back, as an earlier rendering wrote them in the reviewed tree.
	Kept map[PartKey][]byte
	// Sample asks for the verification workload too.
	Sample bool
}

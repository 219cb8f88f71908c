package render

import (
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/sealing"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// Input is everything that rendering depends on.
type Input struct {
	// Mesh is valid and has its defaults set.
	Mesh  *v1alpha1.Mesh
	Graph *topology.Graph
	// Credentials are the available reader credentials.
	Credentials map[access.Pair]kubeconfig.Credential
	// Bundles are the certificates of clusters, by name, with their key if it is available.
	Bundles map[string]trust.Bundle
	// AbsentCredentials and AbsentKeys describe how to get what is not available, the latter by cluster.
	AbsentCredentials map[access.Pair]Missing
	AbsentKeys        map[string]Missing
	// Root is the content of trust/root-cert.pem; nil if it does not exist.
	Root []byte
	// Sealed are the sealed files, by path; nil if they are not read. They are rendered where credentials are not.
	Sealed map[string]*sealing.File
	// Written are held files that an earlier rendering wrote and that still exist: in the reviewed tree, and in the
	// credentials tree.
	Written, WrittenSecret map[string]bool
	// Kept are held parts of files, as an earlier rendering wrote them in the reviewed tree.
	Kept map[PartKey][]byte
	// Sample also renders the verification workload.
	Sample bool
}

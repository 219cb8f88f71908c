package render

import (
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// held are the files of the overlay that the mesh is to have and that cannot be rendered yet: what is not sealed,
// or has no certificate to seal. Such a file stays as an earlier rendering wrote it: GitOps would remove from the
// cluster what is removed from git.
func (c compiler) held() ([]string, error) {
	all, err := Sealables(c.Input, c.cluster.Name)
	if err != nil {
		return nil, err
	}
	var files []string
	for _, sealable := range all {
		if _, ok := c.Sealed[sealable.SealedFile()]; !ok {
			files = append(files, sealable.File)
		}
	}
	if _, ok := c.Bundles[c.cluster.Name]; !ok && c.sealsCacerts() {
		files = append(files, layout.CACerts)
	}
	return files, nil
}

// sealsCacerts tells whether the certificates of a cluster are sealed as soon as there are any.
func (c compiler) sealsCacerts() bool {
	ca := c.Mesh.Spec.Trust.CA
	return c.cluster.Sealing.Format != v1alpha1.SealingNone && access.Signs(c.cluster) &&
		ca.Provider == v1alpha1.CAProviderFiles && ca.Keys == v1alpha1.CAKeysWorkspace
}

// kept are the names of those files of the overlay that are held and were written before.
func (c compiler) kept() ([]string, error) {
	if len(c.Written) == 0 {
		return nil, nil
	}
	held, err := c.held()
	return slices.DeleteFunc(held, func(name string) bool { return !c.Written[layout.OverlayFile(c.cluster.Name, name)] }), err
}

// Held are the files of the tree that cannot be rendered yet, by their paths: those of all clusters unless some
// are named.
func Held(in Input, only []string) ([]string, error) {
	var files []string
	for _, name := range chosen(in, only) {
		cluster, ok := in.Graph.Cluster(name)
		if !ok {
			return nil, noCluster(name)
		}
		names, err := newCompiler(in, cluster).held()
		if err != nil {
			return nil, err
		}
		for _, file := range names {
			files = append(files, layout.OverlayFile(name, file))
		}
	}
	return files, nil
}

package access_test

import (
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

// cluster has a reader by token, and an Istio of a revision, if any.
func cluster(name string, auth v1alpha1.ReaderAuth, account, revision string) *v1alpha1.Cluster {
	c := &v1alpha1.Cluster{Name: name}
	c.ControlPlane = name
	c.Istio = v1alpha1.Istio{Namespace: "istio-system", Revision: revision, Managed: new(false)}
	c.Reader.Auth, c.Reader.ServiceAccount = auth, account
	return c
}

// read is how east reads west, in mesh shop.
func read(auth v1alpha1.ReaderAuth) access.RemoteAccess {
	west := cluster("west", auth, "", "")
	if auth == v1alpha1.ReaderAuthExternal {
		west.Reader.External = &v1alpha1.ExternalStore{SecretStoreRef: v1alpha1.SecretStoreRef{Name: "vault", Kind: "ClusterSecretStore"}}
	}
	return access.RemoteAccess{Mesh: "shop", Consumer: cluster("east", v1alpha1.ReaderAuthToken, "", ""), Target: west}
}

// meshOf is mesh shop, in which all of these clusters read each other.
func meshOf(members ...*v1alpha1.Cluster) (*v1alpha1.Mesh, *topology.Graph) {
	mesh := &v1alpha1.Mesh{}
	mesh.Metadata.Name, mesh.Spec.Discovery = "shop", v1alpha1.DiscoveryRemoteSecret
	for _, member := range members {
		mesh.Spec.Clusters = append(mesh.Spec.Clusters, *member)
	}
	return mesh, topology.New(mesh)
}

// three is a mesh in which all clusters read each other, and the control plane of east serves edge.
func three(change func(east, west, edge *v1alpha1.Cluster)) (*v1alpha1.Mesh, *topology.Graph) {
	east, west, edge := cluster("east", v1alpha1.ReaderAuthToken, "", ""), cluster("west", v1alpha1.ReaderAuthToken, "", "1-29"),
		cluster("edge", v1alpha1.ReaderAuthToken, "", "")
	edge.ControlPlane = "east"
	change(east, west, edge)
	return meshOf(east, west, edge)
}

package access

import (
	"maps"
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

// ControlPlaneRole names the ClusterRole and the Role of the control plane that serves a cluster from outside.
const ControlPlaneRole = "mesh-control-plane"

// ChartsReader is who grants permissions to the account that Istio's charts install.
const ChartsReader = "Istio's charts"

// Role is a ClusterRole and a Role of one name, with the permissions of both.
type Role struct {
	Name        string
	Permissions []Permission
}

// Roles are those of a cluster whose permissions the mesh grants to readers: none where no control plane reads it, or
// where Istio's charts grant them.
func Roles(graph *topology.Graph, target *v1alpha1.Cluster) []Role {
	if !graph.IsTarget(target.Name) || GrantedByCharts(target) {
		return nil
	}
	namespace := target.Istio.Namespace
	roles := []Role{{Name: ReaderRole, Permissions: ReaderPermissions(namespace, MeshConfigMaps(graph, target)...)}}
	if reads, _ := graph.Reads(target.ControlPlane, target.Name); reads {
		roles = append(roles, Role{Name: ControlPlaneRole, Permissions: ControlPlanePermissions(namespace)})
	}
	return roles
}

// RolesOf are the names of the roles that the control plane of a consumer has at a cluster.
func RolesOf(graph *topology.Graph, consumer string, target *v1alpha1.Cluster) []string {
	reads, _ := graph.Reads(consumer, target.Name)
	switch {
	case !reads || GrantedByCharts(target):
		return nil
	case consumer == target.ControlPlane:
		return []string{ReaderRole, ControlPlaneRole}
	}
	return []string{ReaderRole}
}

// GrantedByCharts tells whether the readers of a cluster have the account of Istio's charts, with its permissions.
func GrantedByCharts(target *v1alpha1.Cluster) bool {
	return UsesAccount(target) && target.Reader.ServiceAccount == v1alpha1.IstioReaderAccount
}

// ReadsEverySecret tells whether permissions include every Secret of a cluster.
func ReadsEverySecret(permissions []Permission) bool {
	return slices.ContainsFunc(permissions, func(p Permission) bool {
		return p.Resource == "secrets" && p.Group == "" && p.Namespace == "" && p.Names == nil
	})
}

// MeshConfigMaps are the ConfigMaps with the mesh configuration that readers of a cluster may ask for: the default one,
// and one for each revision on either side.
func MeshConfigMaps(graph *topology.Graph, target *v1alpha1.Cluster) []string {
	names := map[string]bool{MeshConfigMap(""): true, MeshConfigMap(target.Istio.Revision): true}
	for consumer := range graph.Consumers(target.Name) {
		names[MeshConfigMap(consumer.Istio.Revision)] = true
	}
	return slices.Sorted(maps.Keys(names))
}

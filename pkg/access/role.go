package access

import (
	"maps"
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

// ControlPlaneRole is the name of the ClusterRole and the Role of an external control plane.
const ControlPlaneRole = "mesh-control-plane"

// ChartsReader is what grants permissions to the account of Istio's charts.
const ChartsReader = "Istio's charts"

// Role is a ClusterRole and a Role with the same name, and the permissions of both.
type Role struct {
	Name        string
	Permissions []Permission
}

// Roles returns the roles that the mesh grants to readers of a cluster: none if no control plane reads it, or if
// Istio's charts grant them.
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

// RolesOf returns the names of a consumer's roles in a cluster.
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

// GrantedByCharts reports whether a cluster's readers use the account of Istio's charts, with its permissions.
func GrantedByCharts(target *v1alpha1.Cluster) bool {
	return UsesAccount(target) && target.Reader.ServiceAccount == v1alpha1.IstioReaderAccount
}

// ReadsEverySecret reports whether permissions include every Secret of a cluster.
func ReadsEverySecret(permissions []Permission) bool {
	return slices.ContainsFunc(permissions, func(p Permission) bool {
		return p.Resource == "secrets" && p.Group == "" && p.Namespace == "" && p.Names == nil
	})
}

// MeshConfigMaps returns the ConfigMaps with mesh configuration that a cluster's readers may get: the default one, and
// those of the revisions on both sides.
func MeshConfigMaps(graph *topology.Graph, target *v1alpha1.Cluster) []string {
	names := map[string]bool{MeshConfigMap(""): true, MeshConfigMap(target.Istio.Revision): true}
	for consumer := range graph.Consumers(target.Name) {
		names[MeshConfigMap(consumer.Istio.Revision)] = true
	}
	return slices.Sorted(maps.Keys(names))
}

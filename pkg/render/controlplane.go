package render

import (
	rbacv1 "k8s.io/client-go/applyconfigurations/rbac/v1"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// annotationControlPlane on Istio's namespace lists the control planes that may lead here: the leader writes the root
// certificate into each namespace and into the injection webhook (istio
// pilot/pkg/serviceregistry/kube/controller/multicluster.go, checkShouldLead).
const annotationControlPlane = "topology.istio.io/controlPlaneClusters"

// controlPlanePermissions returns what an external control plane needs here in addition to a reader's permissions
// (access.ControlPlanePermissions).
func (c compiler) controlPlanePermissions() []Manifest {
	if c.cluster.ControlPlane == c.cluster.Name || !c.hasReaders() {
		return nil
	}
	consumer, reads := c.readerNamed(c.cluster.ControlPlane)
	if !reads {
		return nil
	}
	name, namespace := access.ControlPlaneRole, c.cluster.Istio.Namespace
	role, clusterRole := rbacv1.Role(name, namespace).WithLabels(c.labels), rbacv1.ClusterRole(name).WithLabels(c.labels)
	for _, permission := range access.ControlPlanePermissions(namespace) {
		if rule := ruleFor(permission); permission.Namespace != "" {
			role.WithRules(rule)
		} else {
			clusterRole.WithRules(rule)
		}
	}
	subjects := c.readerSubjects(consumer)
	return []Manifest{{
		File:    "control-plane-rbac.yaml",
		Comment: "Additional permissions of " + c.cluster.ControlPlane + "'s control plane, which serves this cluster.",
		Objects: []Object{role, clusterRole,
			rbacv1.RoleBinding(name, namespace).WithLabels(c.labels).
				WithRoleRef(roleRef("Role", name)).WithSubjects(subjects...),
			rbacv1.ClusterRoleBinding(name).WithLabels(c.labels).
				WithRoleRef(roleRef("ClusterRole", name)).WithSubjects(subjects...),
		},
	}}
}

// readerNamed returns a consumer of this cluster; false if its access is revoked or it is no consumer.
func (c compiler) readerNamed(consumer string) (*v1alpha1.Cluster, bool) {
	for reader := range c.Graph.Consumers(c.cluster.Name) {
		if reader.Name == consumer {
			return reader, true
		}
	}
	return nil, false
}

// ruleFor returns the RBAC rule of a permission.
func ruleFor(p access.Permission) *rbacv1.PolicyRuleApplyConfiguration {
	return rbacv1.PolicyRule().
		WithAPIGroups(p.Group).WithResources(p.Resource).WithResourceNames(p.Names...).WithVerbs(p.Verbs...)
}

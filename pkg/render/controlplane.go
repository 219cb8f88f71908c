package render

import (
	rbacv1 "k8s.io/client-go/applyconfigurations/rbac/v1"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
)

// annotationControlPlane on the namespace of Istio says which control planes may lead here: they
// write the root certificate into every namespace, and into the injection webhook
// (istio pilot/pkg/serviceregistry/kube/controller/multicluster.go, checkShouldLead).
const annotationControlPlane = "topology.istio.io/controlPlaneClusters"

// controlPlaneRights returns what the control plane of another cluster needs here beside what every reader may
// (access.ControlPlanePermissions).
func (c compiler) controlPlaneRights() []Manifest {
	if c.cluster.ControlPlane == c.cluster.Name || !c.hasReaders() || !c.readBy(c.cluster.ControlPlane) {
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
	subjects := c.readerSubjects(c.cluster.ControlPlane)
	return []Manifest{{File: "control-plane-rbac.yaml",
		Comment: "What the control plane of " + c.cluster.ControlPlane + " may do here beside reading: this cluster has none of its own.",
		Objects: []Object{role, clusterRole,
			rbacv1.RoleBinding(name, namespace).WithLabels(c.labels).WithRoleRef(roleRef("Role", name)).WithSubjects(subjects...),
			rbacv1.ClusterRoleBinding(name).WithLabels(c.labels).WithRoleRef(roleRef("ClusterRole", name)).WithSubjects(subjects...),
		}}}
}

// readBy tells whether the control plane of a consumer reads this cluster: it may be cut off.
func (c compiler) readBy(consumer string) bool {
	for reader := range c.Graph.ReadersOf(c.cluster.Name) {
		if reader.Name == consumer {
			return true
		}
	}
	return false
}

// ruleFor is the rule that grants one permission.
func ruleFor(p access.Permission) *rbacv1.PolicyRuleApplyConfiguration {
	return rbacv1.PolicyRule().WithAPIGroups(p.Group).WithResources(p.Resource).WithResourceNames(p.Names...).WithVerbs(p.Verbs...)
}

package render

import (
	rbacv1 "k8s.io/client-go/applyconfigurations/rbac/v1"
)

// controlPlaneRole names the rights of the control plane that serves a cluster from outside.
const controlPlaneRole = "mesh-control-plane"

// annotationControlPlane on the namespace of Istio says which control planes may lead here: they
// write the root certificate into every namespace, and into the injection webhook
// (istio pilot/pkg/serviceregistry/kube/controller/multicluster.go, checkShouldLead).
const annotationControlPlane = "topology.istio.io/controlPlaneClusters"

// controlPlaneRights returns what the control plane of another cluster needs here beside what
// every reader may: to check the tokens of proxies, to hand out the root certificate, and to write
// it into the webhooks. Measured with a real istiod; more than these it does not ask for.
func (c compiler) controlPlaneRights() []Manifest {
	if c.cluster.ControlPlane == c.cluster.Name || !c.hasReaders() || !c.readBy(c.cluster.ControlPlane) {
		return nil
	}
	namespace := c.cluster.Istio.Namespace
	subjects := c.readerSubjects(c.cluster.ControlPlane)
	return []Manifest{{File: "control-plane-rbac.yaml",
		Comment: "What the control plane of " + c.cluster.ControlPlane + " may do here beside reading: this cluster has none of its own.",
		Objects: []Object{
			rbacv1.Role(controlPlaneRole, namespace).WithLabels(c.labels).WithRules(
				ruleFor("", "configmaps").WithResourceNames("istio-namespace-controller-election").WithVerbs("get", "patch", "update")),
			rbacv1.ClusterRole(controlPlaneRole).WithLabels(c.labels).WithRules(
				ruleFor("", "configmaps").WithResourceNames("istio-ca-crl", "istio-ca-root-cert").WithVerbs("get", "list", "update", "watch"),
				ruleFor("", "configmaps").WithVerbs("create"),
				ruleFor("admissionregistration.k8s.io", "mutatingwebhookconfigurations").WithVerbs("get", "list", "patch", "update", "watch"),
				ruleFor("admissionregistration.k8s.io", "validatingwebhookconfigurations").WithVerbs("get", "list", "update", "watch"),
				ruleFor("authentication.k8s.io", "tokenreviews").WithVerbs("create"),
				ruleFor("authorization.k8s.io", "subjectaccessreviews").WithVerbs("create")),
			rbacv1.RoleBinding(controlPlaneRole, namespace).WithLabels(c.labels).WithRoleRef(roleRef("Role", controlPlaneRole)).WithSubjects(subjects...),
			rbacv1.ClusterRoleBinding(controlPlaneRole).WithLabels(c.labels).WithRoleRef(roleRef("ClusterRole", controlPlaneRole)).WithSubjects(subjects...),
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

// ruleFor begins a rule; its verbs are still to be said.
func ruleFor(group string, resources ...string) *rbacv1.PolicyRuleApplyConfiguration {
	return rbacv1.PolicyRule().WithAPIGroups(group).WithResources(resources...)
}

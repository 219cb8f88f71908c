package fakeapi

import (
	"encoding/json"
	"net/http"
	"slices"

	discoveryv2 "k8s.io/api/apidiscovery/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// kind is a kind of stored objects, in version v1.
type kind struct{ group, resource, name string }

func kinds() []kind {
	return []kind{
		{group: "", resource: "namespaces", name: "Namespace"},
		{group: "", resource: "configmaps", name: "ConfigMap"},
		{group: "", resource: "secrets", name: "Secret"},
		{group: "", resource: "serviceaccounts", name: "ServiceAccount"},
		{group: "", resource: "pods", name: "Pod"},
		{group: "", resource: "services", name: "Service"},
		{group: "apps", resource: "deployments", name: "Deployment"},
		{group: "rbac.authorization.k8s.io", resource: "clusterroles", name: "ClusterRole"},
		{group: "rbac.authorization.k8s.io", resource: "clusterrolebindings", name: "ClusterRoleBinding"},
		{group: "rbac.authorization.k8s.io", resource: "roles", name: "Role"},
		{group: "rbac.authorization.k8s.io", resource: "rolebindings", name: "RoleBinding"},
		{group: "gateway.networking.k8s.io", resource: "gateways", name: "Gateway"},
		{group: "external-secrets.io", resource: "externalsecrets", name: "ExternalSecret"},
		{group: "admissionregistration.k8s.io", resource: "validatingadmissionpolicies", name: "ValidatingAdmissionPolicy"},
		{
			group:    "admissionregistration.k8s.io",
			resource: "validatingadmissionpolicybindings",
			name:     "ValidatingAdmissionPolicyBinding",
		},
	}
}

func (k kind) apiVersion() string {
	if k.group == "" {
		return "v1"
	}
	return k.group + "/v1"
}

func (k kind) scope() discoveryv2.ResourceScope {
	wide := []string{"namespaces", "clusterroles", "clusterrolebindings"}
	if slices.Contains(wide, k.resource) || k.group == "admissionregistration.k8s.io" {
		return discoveryv2.ScopeCluster
	}
	return discoveryv2.ScopeNamespace
}

// kindOf returns the kind of a resource; false if there is none.
func kindOf(group, resource string) (kind, bool) {
	for _, kind := range kinds() {
		if kind.group == group && kind.resource == resource {
			return kind, true
		}
	}
	return kind{}, false
}

// discover lists the kinds of the core group, or those of the others.
func (s *Server) discover(w http.ResponseWriter, core bool) {
	var list discoveryv2.APIGroupDiscoveryList
	for _, kind := range kinds() {
		if (kind.group == "") != core || slices.Contains(s.Lacks, kind.resource) {
			continue
		}
		if n := len(list.Items); n == 0 || list.Items[n-1].Name != kind.group {
			list.Items = append(list.Items, discoveryv2.APIGroupDiscovery{ObjectMeta: metav1.ObjectMeta{Name: kind.group},
				Versions: []discoveryv2.APIVersionDiscovery{{Version: "v1"}}})
		}
		version := &list.Items[len(list.Items)-1].Versions[0]
		version.Resources = append(version.Resources, discoveryv2.APIResourceDiscovery{
			Resource:     kind.resource,
			Scope:        kind.scope(),
			ResponseKind: &metav1.GroupVersionKind{Group: kind.group, Version: "v1", Kind: kind.name},
			Verbs:        []string{"get", "list", "patch"},
		})
	}
	w.Header().Set("Content-Type", "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList")
	_ = json.NewEncoder(w).Encode(list) // the client may be gone
}

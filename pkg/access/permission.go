package access

// Permission of a reader in its target.
type Permission struct {
	// Namespace of the permission; empty for all.
	Namespace string `json:"namespace,omitempty"`
	Group     string `json:"apiGroup"`
	Resource  string `json:"resource"`
	// Names that it is limited to; empty for all.
	Names []string `json:"resourceNames,omitempty"`
	Verbs []string `json:"verbs"`
}

// ReaderPermissions returns the minimum with which istiod finishes syncing a remote cluster, measured with a real
// istiod. Secrets are required: istiod waits for them although it uses none of a multi-primary peer's (istio#49992). Of
// the ConfigMaps it needs those with the mesh configuration, by name, for the remote's trust domain (istio#59474).
func ReaderPermissions(namespace string, meshConfigMaps ...string) []Permission {
	permissions := []Permission{{Namespace: namespace, Resource: "configmaps", Names: meshConfigMaps, Verbs: readVerbs()}}
	everywhere := func(group string, resources ...string) {
		for _, resource := range resources {
			permissions = append(permissions, Permission{Group: group, Resource: resource, Verbs: readVerbs()})
		}
	}
	everywhere("", "namespaces", "nodes", "pods", "secrets", "services")
	everywhere("apiextensions.k8s.io", "customresourcedefinitions")
	everywhere("discovery.k8s.io", "endpointslices")
	everywhere("gateway.networking.k8s.io", "gateways")
	everywhere("networking.istio.io", "workloadentries")
	return permissions
}

// ControlPlanePermissions returns what an external control plane needs in addition to a reader's permissions in a
// cluster without one: to review proxies' tokens, to distribute the root certificate, and to write it into the
// webhooks. Measured with a real istiod, which uses no others.
func ControlPlanePermissions(namespace string) []Permission {
	const webhooks = "admissionregistration.k8s.io"
	return []Permission{
		{
			Namespace: namespace,
			Resource:  "configmaps",
			Names:     []string{"istio-namespace-controller-election"},
			Verbs:     []string{"get", "patch", "update"},
		},
		{
			Resource: "configmaps",
			Names:    []string{"istio-ca-crl", "istio-ca-root-cert"},
			Verbs:    []string{"get", "list", "update", "watch"},
		},
		{Resource: "configmaps", Verbs: []string{"create"}},
		{
			Group:    webhooks,
			Resource: "mutatingwebhookconfigurations",
			Verbs:    []string{"get", "list", "patch", "update", "watch"},
		},
		{Group: webhooks, Resource: "validatingwebhookconfigurations", Verbs: []string{"get", "list", "update", "watch"}},
		{Group: "authentication.k8s.io", Resource: "tokenreviews", Verbs: []string{"create"}},
		{Group: "authorization.k8s.io", Resource: "subjectaccessreviews", Verbs: []string{"create"}},
	}
}

func readVerbs() []string { return []string{"get", "list", "watch"} }

// MeshConfigMap returns the ConfigMap with the mesh configuration of a revision; the default one if empty.
func MeshConfigMap(revision string) string {
	if revision == "" {
		return "istio"
	}
	return "istio-" + revision
}

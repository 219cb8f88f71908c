package access

// Permission is what a reader may do at the cluster that it reads.
type Permission struct {
	// Namespace in which it may; empty means everywhere.
	Namespace string `json:"namespace,omitempty"`
	Group     string `json:"apiGroup"`
	Resource  string `json:"resource"`
	// Names to which it is limited; none means all of them.
	Names []string `json:"resourceNames,omitempty"`
	Verbs []string `json:"verbs"`
}

// ReaderPermissions are the least that lets istiod finish syncing a remote cluster, measured with a real
// istiod. Secrets cannot be left out: istiod waits for them although it uses none of a multi-primary
// peer's (istio#49992). Of the ConfigMaps it needs those with the mesh configuration, by name, for the
// remote's trust domain (istio#59474).
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

// ControlPlanePermissions are what the control plane of another cluster needs at a cluster that has none, beside
// those of every reader: to check the tokens of proxies, to hand out the root certificate, and to write it into the
// webhooks. Measured with a real istiod; it asks for no more than these.
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

// MeshConfigMap is the ConfigMap with the mesh configuration of a revision; of the default one if it is
// empty.
func MeshConfigMap(revision string) string {
	if revision == "" {
		return "istio"
	}
	return "istio-" + revision
}

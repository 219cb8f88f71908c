package access_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
)

// allowed are permissions, a line for each.
func allowed(permissions []access.Permission) []string {
	var lines []string
	for _, permission := range permissions {
		line := strings.Join(permission.Verbs, ",") + " " + permission.Resource
		if permission.Group != "" {
			line += "." + permission.Group
		}
		if permission.Namespace != "" {
			line += " in " + permission.Namespace
		}
		if permission.Names != nil {
			line += ": " + strings.Join(permission.Names, ", ")
		}
		lines = append(lines, line)
	}
	return lines
}

// TestReaderPermissions are the least that istiod needs. Every one more is one that a stolen credential has.
func TestReaderPermissions(t *testing.T) {
	want := []string{
		"get,list,watch configmaps in istio-system: istio, istio-1-29",
		"get,list,watch namespaces",
		"get,list,watch nodes",
		"get,list,watch pods",
		"get,list,watch secrets",
		"get,list,watch services",
		"get,list,watch customresourcedefinitions.apiextensions.k8s.io",
		"get,list,watch endpointslices.discovery.k8s.io",
		"get,list,watch gateways.gateway.networking.k8s.io",
		"get,list,watch workloadentries.networking.istio.io",
	}
	if diff := cmp.Diff(want, allowed(access.ReaderPermissions("istio-system", "istio", "istio-1-29"))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestControlPlanePermissions are what istiod changes in a cluster that it serves from outside: it injects there, so it
// writes webhooks, and hands out its root. It reads no Secret with them.
func TestControlPlanePermissions(t *testing.T) {
	permissions := access.ControlPlanePermissions("istio-system")
	want := []string{
		"get,patch,update configmaps in istio-system: istio-namespace-controller-election",
		"get,list,update,watch configmaps: istio-ca-crl, istio-ca-root-cert",
		"create configmaps",
		"get,list,patch,update,watch mutatingwebhookconfigurations.admissionregistration.k8s.io",
		"get,list,update,watch validatingwebhookconfigurations.admissionregistration.k8s.io",
		"create tokenreviews.authentication.k8s.io",
		"create subjectaccessreviews.authorization.k8s.io",
	}
	if diff := cmp.Diff(want, allowed(permissions)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if access.ReadsEverySecret(permissions) {
		t.Error("they read every Secret")
	}
}

// TestPermissionsAreTheirOwn: who changes what was handed out changes nothing of the next one.
func TestPermissionsAreTheirOwn(t *testing.T) {
	first := access.ReaderPermissions("istio-system")
	first[1].Verbs[0] = "delete"
	for _, permission := range access.ReaderPermissions("istio-system") {
		if permission.Verbs[0] != "get" {
			t.Errorf("%s: got the verbs %q", permission.Resource, permission.Verbs)
		}
	}
}

// TestPermissionJSON: the names are those of a rule of RBAC, with the namespace of its Role.
func TestPermissionJSON(t *testing.T) {
	for want, permission := range map[string]access.Permission{
		`{"apiGroup":"","resource":"secrets","verbs":["list"]}`: {Resource: "secrets", Verbs: []string{"list"}},
		`{"namespace":"istio-system","apiGroup":"apps","resource":"deployments","resourceNames":["istiod"],"verbs":["get"]}`: {
			Namespace: "istio-system", Group: "apps", Resource: "deployments", Names: []string{"istiod"}, Verbs: []string{"get"}},
	} {
		got, err := json.Marshal(permission)
		if err != nil || string(got) != want {
			t.Errorf("got %s, want %s: %v", got, want, err)
		}
	}
}

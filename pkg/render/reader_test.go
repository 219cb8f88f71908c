package render_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	rbacv1 "k8s.io/api/rbac/v1"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// What a reader may do is the least with which istiod was seen to finish syncing, and no more.
func TestReaderPermissions(t *testing.T) {
	eachScenario(t, func(t *testing.T, s scenario) {
		for _, cluster := range s.clusters() {
			for _, doc := range documents(yamlOf(t, compile(t, s.Input, cluster, render.Options{}))) {
				switch o := objects(t, doc)[0]; {
				case o.at("metadata", "name") != "mesh-reader":
				case o["kind"] == "ClusterRole":
					checkPermissions(t, doc, []string{"/namespaces", "/nodes", "/pods", "/secrets", "/services",
						"apiextensions.k8s.io/customresourcedefinitions", "discovery.k8s.io/endpointslices",
						"gateway.networking.k8s.io/gateways", "networking.istio.io/workloadentries"})
				case o["kind"] == "Role":
					checkPermissions(t, doc, []string{"/configmaps"})
				}
			}
		}
	})
}

// The control plane of another cluster may do what a real istiod was seen to do, by name where a
// name is known, and hand out no right of its own.
func TestControlPlanePermissions(t *testing.T) {
	in := load(t, `
  links: []
  clusters:
  - {name: p, api: {server: "https://203.0.113.1"}, gateway: {addresses: [203.0.113.9]}}
  - {name: r, controlPlane: p, istio: {namespace: mesh}, api: {server: "https://203.0.113.2"}}
`)
	want := []string{
		"Role mesh: get,patch,update configmaps istio-namespace-controller-election",
		"ClusterRole: get,list,update,watch configmaps istio-ca-crl,istio-ca-root-cert",
		"ClusterRole: create configmaps",
		"ClusterRole: get,list,patch,update,watch mutatingwebhookconfigurations",
		"ClusterRole: get,list,update,watch validatingwebhookconfigurations",
		"ClusterRole: create tokenreviews",
		"ClusterRole: create subjectaccessreviews",
		"RoleBinding mesh: Role mesh-control-plane to ServiceAccount mesh/mesh-reader-p",
		"ClusterRoleBinding: ClusterRole mesh-control-plane to ServiceAccount mesh/mesh-reader-p",
	}
	if diff := cmp.Diff(want, grantsOf(t, in, "r", "mesh-control-plane")); diff != "" {
		t.Errorf("rights in r (-want +got):\n%s", diff)
	}
	if permissions := grantsOf(t, in, "p", "mesh-control-plane"); permissions != nil {
		t.Errorf("rights in p, which has its own: %q", permissions)
	}
}

// grantsOf lists the roles and bindings of one name, a line each.
func grantsOf(t *testing.T, in render.Input, cluster, name string) []string {
	t.Helper()
	var permissions []string
	for _, doc := range documents(yamlOf(t, compile(t, in, cluster, render.Options{}))) {
		var role rbacv1.ClusterRole           // a Role has the same fields
		var binding rbacv1.ClusterRoleBinding // and so has a RoleBinding
		if objects(t, doc)[0].at("metadata", "name") != name || yaml.Unmarshal(doc, &role) != nil || yaml.Unmarshal(doc, &binding) != nil {
			continue
		}
		where := strings.TrimSpace(role.Kind + " " + role.Namespace)
		for _, rule := range role.Rules {
			permissions = append(permissions, strings.TrimSpace(where+": "+strings.Join(rule.Verbs, ",")+" "+
				strings.Join(rule.Resources, ",")+" "+strings.Join(rule.ResourceNames, ",")))
		}
		for _, subject := range binding.Subjects {
			permissions = append(permissions, where+": "+binding.RoleRef.Kind+" "+binding.RoleRef.Name+" to "+
				subject.Kind+" "+subject.Namespace+"/"+subject.Name)
		}
	}
	return permissions
}

func checkPermissions(t *testing.T, doc []byte, want []string) {
	t.Helper()
	var role rbacv1.ClusterRole // a Role has the same fields
	if err := yaml.UnmarshalStrict(doc, &role); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, rule := range role.Rules {
		for _, resource := range rule.Resources {
			got = append(got, strings.Join(rule.APIGroups, ",")+"/"+resource)
		}
		if !slices.Equal(rule.Verbs, []string{"get", "list", "watch"}) {
			t.Errorf("%s may %q", role.Kind, rule.Verbs)
		}
		if named := len(rule.ResourceNames) > 0; named != slices.Contains(rule.Resources, "configmaps") {
			t.Errorf("%s: resourceNames %q of %q", role.Kind, rule.ResourceNames, rule.Resources)
		}
	}
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", role.Kind, diff)
	}
}

// A reader asks for the configuration of its own revision and of the cluster's.
func TestReaderConfigMaps(t *testing.T) {
	in := load(t, `
  clusters:
  - {name: a, istio: {revision: one}, api: {server: "https://203.0.113.1"}}
  - {name: b, istio: {revision: two}, api: {server: "https://203.0.113.2"}}
  - {name: c, api: {server: "https://203.0.113.3"}}
  - {name: d, istio: {revision: unlinked}, api: {server: "https://203.0.113.4"}}
  links:
  - between: [a, b]
  - from: [b]
    to: [c]
`)
	want := map[string][]string{"a": {"istio", "istio-one", "istio-two"}, "b": {"istio", "istio-one", "istio-two"}, "c": {"istio", "istio-two"}, "d": nil}
	for cluster, names := range want {
		var got []string
		for _, doc := range documents(yamlOf(t, compile(t, in, cluster, render.Options{}))) {
			var role rbacv1.Role
			if yaml.Unmarshal(doc, &role) == nil && role.Kind == "Role" {
				got = append(got, role.Rules[0].ResourceNames...)
			}
		}
		if diff := cmp.Diff(names, got); diff != "" {
			t.Errorf("readers of %s (-want +got):\n%s", cluster, diff)
		}
	}
}

// istioctl finds the token of a shared account, because it looks for this name.
func TestAccount(t *testing.T) {
	for shared, want := range map[string][3]string{
		"":                             {"mesh-reader-west", "mesh-reader-west-token-1", "mesh-reader-west-token-12"},
		"mesh.peers":                   {"mesh.peers", "mesh.peers-istio-remote-secret-token", "mesh.peers-istio-remote-secret-token-12"},
		"istio-reader-service-account": {"istio-reader-service-account", "istio-reader-service-account-istio-remote-secret-token", "istio-reader-service-account-istio-remote-secret-token-12"},
	} {
		target := v1alpha1.Cluster{Name: "east"}
		target.Reader.ServiceAccount = shared
		got := [3]string{access.Account(&target, "west"), access.TokenSecret(&target, "west", 1), access.TokenSecret(&target, "west", 12)}
		if got != want {
			t.Errorf("%q: got %q, want %q", shared, got, want)
		}
	}
}

// While a rotation goes on both generations are there: Secrets of one account, or users of one binding. A shared account
// has those of all who share it; who is cut off is known to nobody.
func TestGenerations(t *testing.T) {
	const mesh = `
  clusters:
  - {name: north, api: {server: "https://203.0.113.3"}}
  - {name: west, api: {server: "https://203.0.113.2"}}
  - name: east
    api: {server: "https://203.0.113.1"}
    readerGenerations: {west: [1, 2]}
    reader: {READER}
    MORE
  links: [{from: [north, west], to: [east]}]
`
	for name, test := range map[string]struct {
		reader, more string
		want         []string
	}{
		"accounts": {"auth: token", "", []string{
			"ServiceAccount mesh-reader-north", "Secret mesh-reader-north-token-1", "ServiceAccount mesh-reader-west", "Secret mesh-reader-west-token-1", "Secret mesh-reader-west-token-2"}},
		"one account": {"auth: token, serviceAccount: peers", "", []string{
			"ServiceAccount peers", "Secret peers-istio-remote-secret-token", "Secret peers-istio-remote-secret-token-2"}},
		"certificates": {"auth: clientCertificate", "", []string{"User mesh:north", "User mesh:north", "User mesh:west", "User mesh:west", "User mesh:west:2", "User mesh:west:2"}},
		"one is cut off": {"auth: token", "revokedReaders: {north: 4}", []string{
			"ServiceAccount mesh-reader-west", "Secret mesh-reader-west-token-1", "Secret mesh-reader-west-token-2"}},
		"one after a leak": {"auth: clientCertificate", "revokedReaders: {north: 4}", []string{"User mesh:west", "User mesh:west", "User mesh:west:2", "User mesh:west:2"}},
	} {
		t.Run(name, func(t *testing.T) {
			in := load(t, strings.NewReplacer("READER", test.reader, "MORE", test.more).Replace(mesh))
			var got []string
			for _, doc := range documents(yamlOf(t, compile(t, in, "east", render.Options{}))) {
				var binding rbacv1.ClusterRoleBinding // or another kind
				if err := yaml.Unmarshal(doc, &binding); err != nil {
					t.Fatal(err)
				}
				for _, subject := range binding.Subjects {
					if subject.Kind == "User" {
						got = append(got, "User "+subject.Name)
					}
				}
				if binding.Kind == "Secret" || binding.Kind == "ServiceAccount" {
					got = append(got, binding.Kind+" "+binding.Name)
				}
			}
			slices.Sort(got)
			slices.Sort(test.want)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Each consumer has an account and a token of its own.
func TestEveryConsumerHasAReader(t *testing.T) {
	in := load(t, `
  clusters:
  - {name: rbac, api: {server: "https://203.0.113.1"}}
  - {name: east, api: {server: "https://203.0.113.2"}}
  - {name: west, api: {server: "https://203.0.113.3"}}
`)
	files := map[string][]byte{}
	for _, file := range deploy(t, in).Files {
		files[file.Path] = file.Content
	}
	for cluster, want := range map[string][]string{
		"rbac": {"mesh-reader-east", "mesh-reader-west"}, "east": {"mesh-reader-rbac", "mesh-reader-west"}, "west": {"mesh-reader-east", "mesh-reader-rbac"},
	} {
		var accounts []string
		for _, o := range objects(t, files["overlays/"+cluster+"/readers.yaml"]) {
			if o["kind"] == "ServiceAccount" {
				accounts = append(accounts, fmt.Sprint(o.at("metadata", "name")))
			}
		}
		if !slices.Equal(accounts, want) {
			t.Errorf("the readers of %s are %q, want %q", cluster, accounts, want)
		}
	}
}

// The rights of a reader are read off what is rendered: all of them may read Secrets, but those that Istio's
// charts bind, and those that are cut off.
func TestPermissionsMatchTheRoles(t *testing.T) {
	eachScenario(t, func(t *testing.T, s scenario) {
		for _, consumer := range s.clusters() {
			for target := range s.Graph.Targets(consumer) {
				permissions, err := render.Permissions(s.Input, access.Pair{Target: target.Name, Consumer: consumer})
				if err != nil {
					t.Fatal(err)
				}
				secrets := slices.ContainsFunc(permissions, func(r access.Permission) bool { return r.Resource == "secrets" && r.Namespace == "" })
				webhooks := slices.ContainsFunc(permissions, func(r access.Permission) bool { return r.Resource == "mutatingwebhookconfigurations" })
				foreign := access.UsesAccount(target) && target.Reader.ServiceAccount == v1alpha1.IstioReaderAccount
				if serves := target.ControlPlane == consumer; secrets == foreign || webhooks != (serves && !foreign) {
					t.Errorf("%s reads %s: %+v", consumer, target.Name, permissions)
				}
			}
		}
	})
}

package facts

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
)

const factsHead = "apiVersion: kubectl-mesh.dev/v1alpha1\nkind: ClusterFacts\nmetadata: {name: east}\n"

func one(field, value string) Fact { return Fact{Field: field, Values: []string{value}} }

func many(field string, values ...string) Fact { return Fact{Field: field, Values: values, List: true} }

func TestMergeFacts(t *testing.T) {
	tests := map[string]struct {
		before  string
		facts   []Fact
		want    string
		changed []string
	}{
		"a field": {
			before: "spec:\n  network: vpc-a # ours\n", facts: []Fact{one("network", "vpc-b")},
			want: "spec:\n  network: vpc-b # ours\n", changed: []string{"network"},
		},
		"nothing new": {
			before: "spec: { network :   'vpc-a',podCIDRs: [ 10.0.0.0/8 ] }\n",
			facts:  []Fact{one("network", "vpc-a"), many("podCIDRs", "10.0.0.0/8")},
			want:   "spec: { network :   'vpc-a',podCIDRs: [ 10.0.0.0/8 ] }\n",
		},
		"comments around": {
			before: "# a\nspec:\n  # b\n  uid: \"1\" # c\n  # d\n", facts: []Fact{one("uid", "2"), one("network", "net")},
			want: "# a\nspec:\n  # b\n  uid: \"2\" # c\n  # d\n\n  network: net\n", changed: []string{"uid", "network"},
		},
		"no spec": {
			facts: []Fact{one("api.server", "https://a")}, want: "spec:\n  api:\n    server: https://a\n", changed: []string{"api.server"},
		},
		"a spec without fields": {
			before: "spec: {}\n", facts: []Fact{one("uid", "1-2")}, want: "spec:\n  uid: 1-2\n", changed: []string{"uid"},
		},
		"null": {
			before: "spec:\n  api:\n  network: null\n", facts: []Fact{one("api.server", "https://a"), one("network", "net")},
			want: "spec:\n  api:\n    server: https://a\n  network: net\n", changed: []string{"api.server", "network"},
		},
		"the end of a value": {
			before: "spec:\n  istio:\n    revision: \"1-29\"\n    version: 1.29.0\n",
			facts:  []Fact{one("istio.version", "1.30.0"), {Field: "istio.revision"}},
			want:   "spec:\n  istio:\n    version: 1.30.0\n", changed: []string{"istio.version", "istio.revision"},
		},
		"no value, and none before": {before: "spec:\n  uid: a\n", facts: []Fact{{Field: "istio.revision"}}, want: "spec:\n  uid: a\n"},
		"a shorter list": {
			before: "spec:\n  gateway:\n    addresses: # public\n      - 198.51.100.7\n      - 198.51.100.8\n    service: NodePort\n",
			facts:  []Fact{many("gateway.addresses", "198.51.100.8")},
			want:   "spec:\n  gateway:\n    addresses: # public\n      - 198.51.100.8\n    service: NodePort\n", changed: []string{"gateway.addresses"},
		},
		"an alias": {
			before: "spec:\n  locality: {region: &r eu}\n  network: *r\n", facts: []Fact{one("network", "net")},
			want: "spec:\n  locality: {region: &r eu}\n  network: net\n", changed: []string{"network"},
		},
		"in an alias": {
			before: "spec:\n  api: &a {server: https://a}\n  gateway: {annotations: {k: v}}\n  installed: *a\n",
			facts:  []Fact{one("installed.meshID", "shop")},
			want:   "spec:\n  api: &a {server: 'https://a'}\n  gateway: {annotations: {k: v}}\n  installed: {server: 'https://a', meshID: shop}\n", changed: []string{"installed.meshID"},
		},
		"values that look like others": {
			before: "spec: {}\n", facts: []Fact{one("network", "true"), one("installed.clusterID", "1.30"), one("installed.meshID", "a: b")},
			want:    "spec:\n  network: \"true\"\n  installed:\n    clusterID: \"1.30\"\n    meshID: \"a: b\"\n",
			changed: []string{"network", "installed.clusterID", "installed.meshID"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			text, changed, err := Merge([]byte(factsHead+test.before), "east", test.facts)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, strings.TrimPrefix(string(text), factsHead)); diff != "" {
				t.Errorf("text (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.changed, changed); diff != "" {
				t.Errorf("changed (-want +got):\n%s", diff)
			}
			again, changed, err := Merge(text, "east", test.facts)
			if err != nil || len(changed) > 0 || string(again) != string(text) {
				t.Errorf("a second time: changed %v, error %v, text\n%s", changed, err, again)
			}
		})
	}
}

// TestNewFacts: a new file loads, and a second run finds nothing to do in it.
func TestNewFacts(t *testing.T) {
	facts := []Fact{one("network", "1-2"), one("kubernetesVersion", "v1.36.3"), many("podCIDRs", "10.8.0.0/14"),
		one("api.serviceAccountJWKS", `{"keys":[{"kty":"RSA","kid":"it's"}]}`)}
	text, changed, err := Merge(nil, "east", facts)
	if err != nil || len(changed) != len(facts) {
		t.Fatalf("got changed %v, error %v", changed, err)
	}
	if problems := mesh.CheckFacts("east", text); len(problems) > 0 {
		t.Errorf("problems: %v\n%s", problems, text)
	}
	_, body, _ := strings.Cut(string(text), "\napiVersion")
	want := `: kubectl-mesh.dev/v1alpha1
kind: ClusterFacts
metadata:
  name: east
spec:
  network: 1-2
  kubernetesVersion: v1.36.3
  podCIDRs:
    - 10.8.0.0/14
  api:
    serviceAccountJWKS: '{"keys":[{"kty":"RSA","kid":"it''s"}]}'
`
	if diff := cmp.Diff(want, body); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !strings.HasPrefix(string(text), "# yaml-language-server: $schema=https://") {
		t.Errorf("editors do not find the schema:\n%s", text)
	}
	// A change leaves the head as it is.
	changedText, _, err := Merge(text, "east", []Fact{one("network", "3")})
	if err != nil || string(changedText) != strings.Replace(string(text), "network: 1-2", `network: "3"`, 1) {
		t.Errorf("a change of one Field: %v\n%s", err, changedText)
	}
}

// FuzzMergeFacts: whatever a person wrote that loads, still says the same afterwards, except
// for the field that was set.
func FuzzMergeFacts(f *testing.F) {
	for _, text := range []string{"", "spec: {}", "spec:\n  network: a # b\n", "spec: &a\n  api: {server: x}\n", "spec:\n- a\n", "# only\n"} {
		f.Add(factsHead+text, "vpc")
	}
	f.Fuzz(func(t *testing.T, text, network string) {
		if len(mesh.CheckFacts("east", []byte(text))) > 0 || network == "" || !utf8.ValidString(network) {
			return // what comes out of JSON is UTF-8
		}
		facts := []Fact{one("network", network)}
		merged, _, err := Merge([]byte(text), "east", facts)
		if err != nil {
			t.Fatal(err)
		}
		if len(mesh.CheckFacts("east", merged)) > 0 {
			return // an odd name, or a field that << brings in too: collect says so and writes nothing
		}
		want, got := decoded(t, []byte(text)), decoded(t, merged)
		spec, _ := want["spec"].(map[string]any)
		if spec == nil {
			spec = map[string]any{}
			want["spec"] = spec
		}
		spec["network"] = network
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%q (-want +got):\n%s", text, diff)
		}
		if _, changed, err := Merge(merged, "east", facts); err != nil || len(changed) > 0 {
			t.Fatalf("not stable: changed %v, error %v\n%q\n%q", changed, err, text, merged)
		}
	})
}

func decoded(t *testing.T, text []byte) (value map[string]any) {
	t.Helper()
	if err := yaml.Unmarshal(text, &value); err != nil {
		t.Fatal(err)
	}
	return value
}

package v1alpha1

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// withoutFields leaves the field itself to compare.
func withoutFields() cmp.Options {
	return cmp.Options{cmpopts.IgnoreFields(Field{}, "Fields"), cmpopts.IgnoreUnexported(Field{})}
}

func TestExplain(t *testing.T) {
	tests := map[string]Field{
		"": {
			Name: "Mesh", Type: "Mesh",
			Description: "Mesh declares the desired state: which clusters form a mesh, and which of them can call each other. " +
				"It is the only file that people write and review; everything else is rendered from it.",
		},
		"kind": {
			Name: "kind", Type: "string", Required: true, Enum: []string{"Mesh"},
			Description: "Kind of the document: Mesh or ClusterFacts.",
		},
		"spec.discovery": {
			Name: "discovery", Type: "string", Default: "remoteSecret", Enum: []string{"remoteSecret", "peering", "fleet"},
			Description: "Discovery is how control planes discover endpoints in other clusters.",
		},
		"spec.istio": {
			Name: "istio", Type: "Istio",
			Description: "Istio describes the Istio installation of the clusters. A cluster can override each field.",
		},
		"spec.istio.namespace": {
			Name: "namespace", Type: "string", Default: "istio-system",
			Description: "Namespace of the control plane (global.istioNamespace). istiod reads remote secrets only in this namespace.",
		},
		"spec.clusters": {
			Name: "clusters", Type: "[]Cluster", Required: true,
			Description: "Clusters of the mesh, in any order.",
		},
		"spec.clusters.podCIDRs": {
			Name: "podCIDRs", Type: "[]string",
			Description: "PodCIDRs are the pod addresses as seen by other clusters in the same network.",
		},
		"spec.clusters.api.certificateAuthorityData": {
			Name: "certificateAuthorityData", Type: "string",
			Description: "CertificateAuthorityData is the CA as base64 of PEM text, as in a kubeconfig.",
		},
		"spec.clusters.gateway.annotations": {
			Name: "annotations", Type: "map[string]string",
			Description: "Annotations of the generated Service, such as those for an internal load balancer.",
		},
		"spec.clusters.gke.private": {
			Name: "private", Type: "boolean", Default: "false",
			Description: "Private indicates that the nodes have no public addresses.",
		},
	}
	for path, want := range tests {
		t.Run(path, func(t *testing.T) {
			got, err := Explain(KindMesh, strings.FieldsFunc(path, func(r rune) bool { return r == '.' }))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got, withoutFields()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestExplainListsFieldsInOrder(t *testing.T) {
	field, err := Explain(KindClusterFacts, []string{"spec"})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, field := range field.Fields {
		names = append(names, field.Name)
	}
	want := []string{
		"kubernetesVersion", "network", "podCIDRs", "egressCIDRs", "locality", "trustDomain",
		"platform", "istio", "api", "gateway", "gke", "installed",
	}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("fields of spec (-want +got):\n%s", diff)
	}
}

func TestExplainIgnoresIndexes(t *testing.T) {
	for _, path := range [][]string{
		{"spec", "clusters", "name"},
		{"spec", "clusters[3]", "name"},
		{"spec", "clusters", "[3]", "name"},
		{"spec", "clusters", "3", "name"},
	} {
		field, err := Explain(KindMesh, path)
		if err != nil || field.Name != "name" {
			t.Errorf("Explain(%q): got field %q and error %v", path, field.Name, err)
		}
	}
}

func TestExplainUnknown(t *testing.T) {
	tests := map[string]struct{ kind, path, text, remedy string }{
		"kind": {"Pod", "", "find kind \"Pod\": no such kind", "the kinds are Mesh and ClusterFacts"},
		"top": {
			KindMesh, "specs",
			"find specs: Mesh has no such field",
			"did you mean \"spec\"? the fields here are apiVersion, kind, metadata, spec",
		},
		"letter case": {
			KindMesh, "spec.trust.CA",
			"find spec.trust.CA: Trust has no such field",
			"did you mean \"ca\"? the fields here are domain, domainAliases, ca",
		},
		"in a list": {
			KindMesh, "spec.links[0].form",
			"find spec.links.form: Link has no such field",
			"did you mean \"from\"? the fields here are between, from, to",
		},
		"like nothing": {
			KindMesh, "spec.links.quarantine",
			"find spec.links.quarantine: Link has no such field",
			"the fields here are between, from, to",
		},
		"below a string": {
			KindMesh, "spec.discovery.kind",
			"find spec.discovery.kind: spec.discovery is of type string and has no fields",
			"ask for spec.discovery",
		},
		"below a map": {
			KindMesh, "spec.clusters.gateway.annotations.a",
			"find spec.clusters.gateway.annotations.a: spec.clusters.gateway.annotations is of type map[string]string and has no fields",
			"ask for spec.clusters.gateway.annotations",
		},
		"an index of no list": {
			KindMesh, "spec.0",
			"find spec.0: MeshSpec has no such field",
			"the fields here are istio, discovery, links, trust, reader, sealing, fleet, admissionPolicy, clusters, sites, firewall, sample, waivers",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := Explain(test.kind, strings.Split(test.path, "."))
			want := []hint.Problem{{Text: test.text, Remedies: []string{test.remedy}}}
			if diff := cmp.Diff(want, hint.List(err)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestYAMLText: what stands as a default must mean the same when somebody copies it.
func TestYAMLText(t *testing.T) {
	for value, want := range map[string]string{
		``:                ``,
		`false`:           `false`,
		`"istio-system"`:  `istio-system`,
		`"cluster.local"`: `cluster.local`,
		`"true"`:          `"true"`,
		`"No"`:            `"No"`,
		`"1.30"`:          `"1.30"`,
		`"*"`:             `"*"`,
		`"a: b"`:          `"a: b"`,
		`""`:              `""`,
	} {
		if got := yamlText(json.RawMessage(value)); got != want {
			t.Errorf("yamlText(%s): got %s, want %s", value, got, want)
		}
	}
}

package mesh_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// TestFactsMerge reads east from both files; mesh.yaml wins field by field.
func TestFactsMerge(t *testing.T) {
	type spec = v1alpha1.ClusterSpec
	for name, test := range map[string]struct {
		mesh, facts string // fields of east
		want        func(*spec)
	}{
		"no facts":             {mesh: "network: mesh", want: func(s *spec) { s.Network = "mesh" }},
		"facts alone":          {facts: "network: facts", want: func(s *spec) { s.Network = "facts" }},
		"both":                 {mesh: "network: mesh", facts: "network: facts", want: func(s *spec) { s.Network = "mesh" }},
		"each another":         {mesh: "network: mesh", facts: "kubernetesVersion: v1.36.3", want: func(s *spec) { s.Network, s.KubernetesVersion = "mesh", "v1.36.3" }},
		"empty text":           {mesh: `network: ""`, facts: "network: facts", want: func(*spec) {}},
		"null says nothing":    {mesh: "network: null", facts: "network: facts", want: func(s *spec) { s.Network = "facts" }},
		"null in facts":        {mesh: "network: mesh", facts: "network: ~", want: func(s *spec) { s.Network = "mesh" }},
		"nothing in facts":     {mesh: "network: mesh", facts: "{}", want: func(s *spec) { s.Network = "mesh" }},
		"a list as a whole":    {mesh: "podCIDRs: [10.0.0.0/8]", facts: "podCIDRs: [11.0.0.0/8, 12.0.0.0/8]", want: func(s *spec) { s.PodCIDRs = []string{"10.0.0.0/8"} }},
		"an empty list":        {mesh: "podCIDRs: []", facts: "podCIDRs: [11.0.0.0/8]", want: func(s *spec) { s.PodCIDRs = []string{} }},
		"a list of facts":      {facts: "podCIDRs: [11.0.0.0/8]", want: func(s *spec) { s.PodCIDRs = []string{"11.0.0.0/8"} }},
		"false":                {mesh: "gke: {project: acme, location: us-east1, googleCloudAccess: false}", facts: "gke: {googleCloudAccess: true}", want: func(s *spec) { s.GKE = onGKE(false) }},
		"true in facts":        {mesh: "gke: {project: acme, location: us-east1}", facts: "gke: {googleCloudAccess: true}", want: func(s *spec) { s.GKE = onGKE(true) }},
		"fields of an object":  {mesh: "istio: {version: 1.30.2}", facts: "istio: {version: 1.29.0, revision: canary}", want: func(s *spec) { s.Istio.Version, s.Istio.Revision = "1.30.2", "canary" }},
		"fields of a pointer":  {mesh: "locality: {region: a}", facts: "locality: {region: b, zone: c}", want: func(s *spec) { s.Locality = &v1alpha1.Locality{Region: "a", Zone: "c"} }},
		"an object, no fields": {mesh: "locality: {}", facts: "locality: {region: b}", want: func(s *spec) { s.Locality = &v1alpha1.Locality{Region: "b"} }},
	} {
		t.Run(name, func(t *testing.T) {
			beside := map[string]string{}
			if test.facts != "" {
				beside["clusters/east.yaml"] = facts("east", "  "+test.facts)
			}
			want := &v1alpha1.Mesh{Spec: v1alpha1.MeshSpec{Clusters: []v1alpha1.Cluster{{Name: "east"}}}}
			test.want(&want.Spec.Clusters[0].ClusterSpec)
			v1alpha1.SetDefaults(want)
			got := mustRead(t, header+"  - name: east\n    "+test.mesh+"\n", beside)
			if diff := cmp.Diff(want.Spec.Clusters, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestFactsOverruled: what mesh.yaml says for all clusters counts, and the difference is told.
func TestFactsOverruled(t *testing.T) {
	const found = "  trustDomain: found.example\n  istio: {version: 1.29.0, revision: canary}\n"
	domain := func(found string) mesh.Override {
		return mesh.Override{Cluster: "east", Field: "trustDomain", Reported: found, Declared: "said.example"}
	}
	version := mesh.Override{Cluster: "east", Field: "istio.version", Reported: "1.29.0", Declared: "1.30.2"}
	for name, test := range map[string]struct {
		wide, mesh, facts         string // of the spec, of east, and of its facts
		domain, version, revision string
		want                      []mesh.Override
	}{
		"nothing said":            {"", "", found, "found.example", "1.29.0", "canary", nil},
		"said for all":            {"trust: {domain: said.example}, istio: {version: 1.30.2}", "", found, "said.example", "1.30.2", "canary", []mesh.Override{version, domain("found.example")}},
		"said for this one too":   {"trust: {domain: said.example}", "trustDomain: own.example", found, "own.example", "1.29.0", "canary", nil},
		"found as it is said":     {"trust: {domain: found.example}, istio: {version: 1.29.0}", "", found, "found.example", "1.29.0", "canary", nil},
		"nothing found":           {"trust: {domain: said.example}", "", "  network: x\n", "said.example", "", "", nil},
		"empty and null say none": {"trust: {domain: ''}, istio: {version: ~}", "", found, "found.example", "1.29.0", "canary", nil},
	} {
		t.Run(name, func(t *testing.T) {
			text := "apiVersion: kubectl-mesh.dev/v1alpha1\nkind: Mesh\nmetadata: {name: shop}\nspec: {" + strings.TrimPrefix(test.wide+", ", ", ") +
				"clusters: [{name: east" + strings.TrimSuffix(", "+test.mesh, ", ") + "}]}\n"
			doc, problems := read(text, map[string]string{"clusters/east.yaml": facts("east", test.facts)})
			if len(problems) > 0 {
				t.Fatalf("problems:\n%s", printed(problems))
			}
			if diff := cmp.Diff(test.want, doc.Overrides); diff != "" {
				t.Errorf("overruled (-want +got):\n%s", diff)
			}
			east := doc.Mesh.Spec.Clusters[0]
			if east.TrustDomain != test.domain && test.domain != "" || east.Istio.Version != test.version || east.Istio.Revision != test.revision {
				t.Errorf("got trust domain %s, version %s, revision %s", east.TrustDomain, east.Istio.Version, east.Istio.Revision)
			}
		})
	}
}

// TestFactsContradicted: where mesh.yaml sets something in the cluster itself and the cluster is not like that, it counts,
// and the difference is reported. Addresses may differ.
func TestFactsContradicted(t *testing.T) {
	facts := facts("east", "  network: vpc-b\n  trustDomain: found.example\n  istio: {version: 1.29.0, revision: canary}\n  api: {server: \"https://192.0.2.1\"}\n")
	for name, test := range map[string]struct {
		east string
		want []mesh.Override
	}{
		"everything": {east: "network: vpc-a, trustDomain: set.example, istio: {version: 1.30.2, revision: stable}, api: {server: \"https://192.0.2.2\"}", want: []mesh.Override{
			{Cluster: "east", Field: "istio.revision", Reported: "canary", Declared: "stable"},
			{Cluster: "east", Field: "istio.version", Reported: "1.29.0", Declared: "1.30.2"},
			{Cluster: "east", Field: "network", Reported: "vpc-b", Declared: "vpc-a"},
			{Cluster: "east", Field: "trustDomain", Reported: "found.example", Declared: "set.example"},
		}},
		"the same": {east: "network: vpc-b, trustDomain: found.example, istio: {version: 1.29.0}"},
		"nothing":  {east: `network: "", istio: {}`},
	} {
		t.Run(name, func(t *testing.T) {
			text := "apiVersion: kubectl-mesh.dev/v1alpha1\nkind: Mesh\nmetadata: {name: shop}\nspec: {clusters: [{name: east, " + test.east + "}]}\n"
			doc, problems := read(text, map[string]string{"clusters/east.yaml": facts})
			if len(problems) > 0 {
				t.Fatalf("problems:\n%s", printed(problems))
			}
			if diff := cmp.Diff(test.want, doc.Contradictions); diff != "" {
				t.Errorf("contradicted (-want +got):\n%s", diff)
			}
		})
	}
}

// onGKE is a cluster that Google Cloud reaches, or not.
func onGKE(access bool) *v1alpha1.GKE {
	return &v1alpha1.GKE{Project: "acme", Location: "us-east1", GoogleCloudAccess: &access}
}

// TestFactsAuthority: a path and data say the same thing, so either of mesh.yaml's replaces
// either of the facts'.
func TestFactsAuthority(t *testing.T) {
	path := func(name string) string { return "certificateAuthority: " + name + ".crt" }
	data := func(name string) string { return "certificateAuthorityData: " + base64Of(certificate(t, name)) }
	for name, test := range map[string]struct{ mesh, facts, want string }{
		"path over path": {path("mesh"), path("facts"), "mesh"},
		"path over data": {path("mesh"), data("facts"), "mesh"},
		"data over path": {data("mesh"), path("facts"), "mesh"},
		"data over data": {data("mesh"), data("facts"), "mesh"},
		"path of facts":  {"server: https://203.0.113.10", path("facts"), "facts"},
		"data of facts":  {"server: https://203.0.113.10", data("facts"), "facts"},
		"null path":      {"certificateAuthority: null", data("facts"), "facts"},
		"null data":      {"certificateAuthorityData: ~", path("facts"), "facts"},
		"empty path":     {`certificateAuthority: ""`, data("facts"), "facts"},
		"no path":        {`certificateAuthority: ""`, path("facts"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			want := ""
			if test.want != "" {
				want = certificate(t, test.want)
			}
			clusters := mustRead(t, header+"  - name: east\n    api: {"+test.mesh+"}\n", map[string]string{
				"clusters/east.yaml": facts("east", "  api: {"+test.facts+"}\n"),
				"mesh.crt":           certificate(t, "mesh"),
				"facts.crt":          certificate(t, "facts"),
			})
			if diff := cmp.Diff(want, string(clusters[0].API.CertificateAuthorityData)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestFactsProblems: a problem names the file that its value came from, and the line there.
func TestFactsProblems(t *testing.T) {
	const east = header + "  - name: east\n"
	for name, test := range map[string]struct {
		mesh, facts string
		want        []string
	}{
		"unknown field": {east, facts("east", "  network: a\n  api:\n    servr: https://203.0.113.10\n"), []string{
			"clusters/east.yaml:7: spec.api.servr: unknown field", `hint: did you mean "server"?`,
		}},
		"a field of the cluster itself": {east, facts("east", "  name: east\n"), []string{
			"clusters/east.yaml:5: spec.name: unknown field",
			"hint: " + fieldsOfSpec(t),
		}},
		"wrong type": {east, facts("east", "  podCIDRs: 10.0.0.0/8\n"), []string{
			"clusters/east.yaml:5: spec.podCIDRs: Invalid value: must be a list, not a string", `hint: use a list, even for one entry: "podCIDRs: [...]"`,
		}},
		"doubled field": {east, facts("east", "  network: a\n  network: b\n"), []string{
			"clusters/east.yaml:6: spec.network: duplicate field", "hint: specify the field once",
		}},
		"no YAML": {east, facts("east", "  network: a: b\n"), []string{
			"clusters/east.yaml:5: mapping values are not allowed in this context", `hint: quote text that contains ": ", or correct the indentation`,
		}},
		"empty file": {east, "", []string{
			"clusters/east.yaml: is empty", "hint: add facts of the cluster, or remove the file",
		}},
		"wrong name": {east, "# of another cluster\n" + facts("west", "  network: a\n"), []string{
			`clusters/east.yaml:4: metadata.name: Invalid value: "west": must be the name of the file`, "hint: write name: east",
		}},
		"wrong kind": {east, header + "  - name: east\n", []string{
			`clusters/east.yaml:2: kind: Unsupported value: "Mesh": must be ClusterFacts here`,
			"hint: mesh.yaml has kind Mesh, clusters/<name>.yaml has kind ClusterFacts",
		}},
		"of something else": {east, "apiVersion: v1\nkind: ConfigMap\n", []string{
			`clusters/east.yaml:1: apiVersion: Unsupported value: "v1": supported: kubectl-mesh.dev/v1alpha1`,
			"hint: use -f to specify another file",
		}},
		"no document": {east, "# nothing yet\n", []string{
			"clusters/east.yaml: is not a document with apiVersion and kind",
			"hint: begin with: apiVersion: kubectl-mesh.dev/v1alpha1 and kind: ClusterFacts",
		}},
		"value of the facts": {east, facts("east", "  kubernetesVersion: v1.36.3\n  network: vpc a\n"), []string{
			`clusters/east.yaml:6: spec.clusters[0].network: Invalid value: "vpc a": must be a label value, at most 63 characters`,
			"hint: use letters, digits, '-', '_' and '.', such as vpc-a",
		}},
		"entry of a list of the facts": {east, facts("east", "  podCIDRs:\n  - 10.0.0.0/8\n  - 11.0.0.1/8\n"), []string{
			`clusters/east.yaml:7: spec.clusters[0].podCIDRs[1]: Invalid value: "11.0.0.1/8": must not have bits set after its mask`, "hint: write 11.0.0.0/8",
		}},
		"value of the mesh": {east + "    network: vpc a\n", facts("east", "  network: vpc b\n"), []string{
			`mesh.yaml:7: spec.clusters[0].network: Invalid value: "vpc a": must be a label value, at most 63 characters`,
			"hint: use letters, digits, '-', '_' and '.', such as vpc-a",
		}},
		"value of the facts, null in the mesh": {east + "    network:\n", facts("east", "  network: vpc b\n"), []string{
			`clusters/east.yaml:5: spec.clusters[0].network: Invalid value: "vpc b": must be a label value, at most 63 characters`,
			"hint: use letters, digits, '-', '_' and '.', such as vpc-a",
		}},
		"missing in an object of the facts": {east, facts("east", "  network: a\n  gke:\n    project: acme-prod\n"), []string{
			"clusters/east.yaml:6: spec.gke: Forbidden: mesh.yaml does not identify the GKE cluster",
			"hint: if it is the right one, set in mesh.yaml, in the entry of east: gke: {project: acme-prod, location: LOCATION}",
		}},
		"another cluster of GKE": {east + "    gke: {project: acme-prod, location: us-east1}\n", facts("east", "  gke: {project: victim, location: us, cluster: prod}\n"), []string{
			"clusters/east.yaml:5: spec.gke.cluster: Invalid value: \"prod\": mesh.yaml sets east", "hint: import the facts of that cluster, or correct mesh.yaml",
			"clusters/east.yaml:5: spec.gke.location: Invalid value: \"us\": mesh.yaml sets us-east1", "hint: import the facts of that cluster, or correct mesh.yaml",
			"clusters/east.yaml:5: spec.gke.project: Invalid value: \"victim\": mesh.yaml sets acme-prod", "hint: import the facts of that cluster, or correct mesh.yaml",
		}},
		"file that the facts name": {east, facts("east", "  api:\n    certificateAuthority: east.crt\n"), []string{
			`clusters/east.yaml:6: spec.clusters[0].api.certificateAuthority: Invalid value: "east.crt": read file: file does not exist`,
			"hint: set the path of a PEM file in the directory of mesh.yaml, such as clusters/east-api.crt",
		}},
		"wrong type in the mesh": {east + "    api: https://203.0.113.10\n", facts("east", "  api: {server: https://203.0.113.10}\n"), []string{
			"mesh.yaml:7: spec.clusters[0].api: Invalid value: must be an object, not a string", `hint: use its fields below it, such as "server: ..."`,
		}},
		"both files": {east + "    netwrk: a\n", facts("east", "  network: a\n  kubernetesVersion: []\n"), []string{
			"clusters/east.yaml:6: spec.kubernetesVersion: Invalid value: must be a string, not a list", "hint: use one value, without dash and brackets",
			"mesh.yaml:7: spec.clusters[0].netwrk: unknown field", `hint: did you mean "network"?`,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			doc, problems := read(test.mesh, map[string]string{"clusters/east.yaml": test.facts})
			if doc.Mesh != nil {
				t.Error("the mesh is taken for valid")
			}
			checkProblems(t, problems, test.want...)
		})
	}
}

// fieldsOfSpec is the hint for an unknown field of spec.
func fieldsOfSpec(t *testing.T) string {
	t.Helper()
	_, err := v1alpha1.Explain(v1alpha1.KindClusterFacts, []string{"spec", "quarantine"})
	return hint.Of(err)[0]
}

// TestFactsOfSeveral: problems of one cluster hide none of another's.
func TestFactsOfSeveral(t *testing.T) {
	_, problems := read(header+"  - name: a\n  - name: b\n  - name: c\n", map[string]string{
		"clusters/a.yaml": facts("a", "  network: 1\n"),
		"clusters/c.yaml": facts("c", "  network: 2\n"),
	})
	checkProblems(t, problems,
		"clusters/a.yaml:5: spec.network: Invalid value: 1: must be a string, not a number", `hint: quote it: "1"`,
		"clusters/c.yaml:5: spec.network: Invalid value: 2: must be a string, not a number", `hint: quote it: "2"`)
}

// TestFactsOfInvalidNames: a name that is wrong leads to no file.
func TestFactsOfInvalidNames(t *testing.T) {
	_, problems := read(header+"  - name: ../east\n  - name: west\n", map[string]string{
		"east.yaml": "no YAML: :", "clusters/../east.yaml": "no YAML: :", "clusters/west.yaml": facts("west", "  network: 1\n"),
	})
	checkProblems(t, problems,
		"clusters/west.yaml:5: spec.network: Invalid value: 1: must be a string, not a number", `hint: quote it: "1"`,
		`mesh.yaml:6: spec.clusters[0].name: Invalid value: "../east": must be a lower-case DNS-1123 label of at most 63 characters`,
		"hint: use a-z, 0-9 and '-', such as east")
}

func TestFactsThatCannotBeRead(t *testing.T) {
	folder := files(map[string]string{"clusters/east.yaml/file": ""})
	_, problems := mesh.Load(mesh.Source{Name: "mesh.yaml", Text: []byte(header + "  - name: east\n"), Files: folder})
	checkProblems(t, problems,
		"clusters/east.yaml: read facts: invalid argument",
		"hint: replace it with a readable file in the directory of mesh.yaml, or remove it")
}

// TestFactsWithoutFolder: init reads a mesh before there is a directory.
func TestFactsWithoutFolder(t *testing.T) {
	doc, problems := mesh.Load(mesh.Source{Name: "mesh.yaml", Text: []byte(header + "  - name: east\n")})
	if len(problems) > 0 || len(doc.OrphanedFacts) > 0 {
		t.Errorf("got strays %v and problems:\n%s", doc.OrphanedFacts, printed(problems))
	}
}

func TestStrays(t *testing.T) {
	doc, problems := read(header+"  - name: east\n  - name: west\n", map[string]string{
		"clusters/west.yaml":       facts("west", "  {}\n"),
		"clusters/north.yaml":      "not read",
		"clusters/East.yaml":       "not read",
		"clusters/east-api.crt":    "no facts",
		"clusters/old/south.yaml":  "not looked at",
		"clusters/.east.yaml":      "not read",
		"clusters/east.yaml~":      "no facts",
		"north.yaml":               "not looked at",
		"deploy/clusters/a-b.yaml": "not looked at",
	})
	checkProblems(t, problems)
	want := []string{"clusters/.east.yaml", "clusters/East.yaml", "clusters/north.yaml"}
	if diff := cmp.Diff(want, doc.OrphanedFacts); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// An endpoint of GKE that somebody's kubeconfig has is no answer to which of them a peer reaches.
func TestFactsEndpointIsNoServer(t *testing.T) {
	const gke = "    gke: {project: acme, location: us-east1}\n"
	const endpoints = "  gke: {project: acme, location: us-east1, endpoints: {public: 203.0.113.1, private: 10.0.0.2}}\n"
	for name, test := range map[string]struct{ said, facts, want string }{
		"of the kubeconfig": {"", "  api: {server: \"https://203.0.113.1\"}\n" + endpoints, ""},
		"another address":   {"", "  api: {server: \"https://proxy.test\"}\n" + endpoints, "https://proxy.test"},
		"in mesh.yaml":      {"    api: {server: \"https://203.0.113.1\"}\n", endpoints, "https://203.0.113.1"},
		"in both":           {"    api: {server: \"https://10.0.0.2\"}\n", "  api: {server: \"https://203.0.113.1\"}\n" + endpoints, "https://10.0.0.2"},
		"no endpoints":      {"", "  api: {server: \"https://203.0.113.1\"}\n", "https://203.0.113.1"},
	} {
		t.Run(name, func(t *testing.T) {
			doc, problems := read(small+gke+test.said, map[string]string{"clusters/east.yaml": facts("east", test.facts)})
			checkProblems(t, problems)
			if got := doc.Mesh.Spec.Clusters[0].API.Server; got != test.want {
				t.Errorf("api.server is %q, want %q", got, test.want)
			}
		})
	}
}

// TestFactsDecideNothing: what a file of another site must not say is an error that names where it belongs.
func TestFactsDecideNothing(t *testing.T) {
	const inMesh = "a facts file cannot set it: set it in mesh.yaml"
	const inState = "a facts file cannot set it: only commands in this workspace record it, in .kubectl-mesh/state.yaml"
	const moveToMesh = "hint: if it is right, move it to mesh.yaml: kubectl mesh migrate; otherwise remove it"
	const moveToState = "hint: if it is right, move it there: kubectl mesh migrate; otherwise remove it"
	for field, test := range map[string]struct{ value, where, hint string }{
		"context":           {"prod", inMesh, moveToMesh},
		"clusterID":         {"west", inMesh, moveToMesh},
		"controlPlane":      {"west", inMesh, moveToMesh},
		"reader":            {"{serviceAccount: admin}", inMesh, moveToMesh},
		"sealing":           {"{format: none}", inMesh, moveToMesh},
		"istio.namespace":   {"kube-system", inMesh, moveToMesh},
		"istio.hub":         {"attacker.example", inMesh, moveToMesh},
		"gateway.service":   {"NodePort", inMesh, moveToMesh},
		"uid":               {"0000", inState, moveToState},
		"readerGenerations": {"{west: [1]}", inState, moveToState},
		"revokedReaders":    {"{west: 1}", inState, moveToState},
		"Context":           {"prod", "unknown field", "hint: " + fieldsOfSpec(t)},
	} {
		t.Run(field, func(t *testing.T) {
			text, line := "  "+field+": "+test.value+"\n", 5
			if object, key, nested := strings.Cut(field, "."); nested {
				text, line = "  "+object+":\n    "+key+": "+test.value+"\n", 6
			}
			_, problems := read(header+"  - name: east\n", map[string]string{"clusters/east.yaml": facts("east", text)})
			checkProblems(t, problems, fmt.Sprintf("clusters/east.yaml:%d: spec.%s: %s", line, field, test.where), test.hint)
		})
	}
}

package cli_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/fakeapi"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/repository"
)

// guideStart is a published guide, begun with nothing but kubeconfig contexts.
type guideStart struct {
	name string
	// contexts of the kubeconfig, which init names the clusters after.
	contexts []string
	// spec and clusters are what a person decides: fields of spec, and of clusters by their names.
	spec     string
	clusters map[string]string
	// root: the guide has certificates of the workspace.
	root bool
	// held are the files that the first rendering holds back, and awaited the cluster whose gateway they wait for.
	held    []string
	awaited string
	// entrance is the Service or the file of the Gateway that gets an address when INSTALL.md is followed.
	entrance, file string
}

// guideStarts has a guide a line, in the order of docs/guides.md.
func guideStarts() []guideStart {
	const csm = "istio: {distribution: csm, version: 1.26.5}\ntrust: {ca: {provider: meshCA}}\n"
	return []guideStart{
		{name: "multi-cluster on GKE", contexts: []string{"one", "two"}, spec: csm},
		{name: "three regions", contexts: []string{"central", "east", "west"}, root: false, spec: "istio: {version: 1.30.5}\n",
			clusters: map[string]string{"east": "controlPlane: central", "west": "controlPlane: central"},
			held:     []string{"deploy/helm/east/istiod.yaml", "deploy/helm/west/istiod.yaml"}, awaited: "central", file: "eastwest-gateway.yaml"},
		{name: "Solo ambient", contexts: []string{"cluster1", "cluster2"}, root: true,
			spec:     "discovery: peering\nistio: {distribution: solo, version: 1.28.0-solo, dataPlane: ambient, hub: us-docker.pkg.dev/gloo-mesh/istio-0}\n",
			clusters: map[string]string{"cluster1": "network: cluster1", "cluster2": "{network: cluster2, gateway: {addresses: [192.0.2.2]}}"},
			held:     []string{"deploy/overlays/cluster2/peers.yaml (Gateway istio-remote-peer-cluster1)"}, awaited: "cluster1", file: "eastwest-gateway.yaml"},
		{name: "shared control plane", contexts: []string{"cluster1", "cluster2"},
			spec: "istio: {version: 1.30.5}\n",
			clusters: map[string]string{"cluster1": "{network: network1, gateway: {api: istio, workload: ingressgateway}}",
				"cluster2": "{network: network2, controlPlane: cluster1, gateway: {workload: ingressgateway}}"},
			held: []string{"deploy/helm/cluster2/istiod.yaml"}, awaited: "cluster1", entrance: "network1"},
		{name: "single VPC", contexts: []string{"cluster-1", "cluster-2"}, spec: csm},
	}
}

// TestGuidesFromContexts: each guide begins with kubeconfig contexts alone. What the first rendering holds back is
// named; INSTALL.md leads to the address of the gateway and to collect; the second rendering is whole.
func TestGuidesFromContexts(t *testing.T) {
	for _, guide := range guideStarts() {
		t.Run(guide.name, guide.check)
	}
}

func (g guideStart) check(t *testing.T) {
	servers := map[string]*fakeapi.Server{}
	for _, name := range g.contexts {
		servers[name] = fakeapi.New(t, "uid-of-"+name)
	}
	t.Setenv("KUBECONFIG", fakeapi.Kubeconfig(t, servers))
	t.Chdir(t.TempDir())
	if err := repository.Init("."); err != nil {
		t.Fatal(err)
	}
	g.must(t, 0, "init --name guide --allow-non-expiring")
	g.decide(t)
	if g.root {
		g.must(t, 0, "ca init --insecure-no-passphrase")
		g.must(t, 0, "ca issue --all")
	}
	incomplete := 0
	if g.held != nil {
		incomplete = 3
	}
	first := g.must(t, incomplete, "render --output-dir deploy")
	g.checkHeld(t, first)
	if g.held == nil {
		return
	}
	g.must(t, 3, "render --output-dir deploy") // and again: nothing that was written goes
	g.install(t, servers[g.awaited])
	// The API servers of the test share a certificate authority, which proves nothing of either.
	g.must(t, 0, "collect --pin --cluster "+g.awaited+" --token=skip")
	second := g.must(t, 0, "render --output-dir deploy")
	if strings.Contains(second, "held back") {
		t.Errorf("the second rendering is not whole:\n%s", second)
	}
	for _, file := range g.held {
		file, _, _ = strings.Cut(file, " (") // a part of it
		text, err := os.ReadFile(file)
		if err != nil || !strings.Contains(string(text), "192.0.2.1") {
			t.Errorf("%s does not have the address that was collected: %v\n%s", file, err, text)
		}
	}
	g.must(t, 0, "render --output-dir deploy --check")
}

// must runs the program and returns what it says.
func (g guideStart) must(t *testing.T, want int, args string) string {
	t.Helper()
	got := run(false, strings.Fields(args)...)
	if got.code != want {
		t.Fatalf("%s: exit code %d, want %d\n%s", args, got.code, want, got.stderr)
	}
	return got.stderr
}

// decide writes into mesh.yaml what init cannot know. The API servers are all on one machine.
func (g guideStart) decide(t *testing.T) {
	t.Helper()
	text, err := os.ReadFile("mesh.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var mesh struct {
		APIVersion string         `json:"apiVersion"`
		Kind       string         `json:"kind"`
		Metadata   map[string]any `json:"metadata"`
		Spec       map[string]any `json:"spec"`
	}
	decode(t, string(text), &mesh)
	mesh.Spec["waivers"] = []any{map[string]any{"rule": "MESH006", "reason": "all on one machine"}}
	if !g.root && !strings.Contains(g.spec, "trust:") {
		mesh.Spec["trust"] = map[string]any{"ca": map[string]any{"provider": "none"}}
	}
	decided := map[string]any{}
	decode(t, g.spec, &decided)
	maps.Copy(mesh.Spec, decided)
	clusters, _ := mesh.Spec["clusters"].([]any)
	for _, one := range clusters {
		cluster, _ := one.(map[string]any)
		name, _ := cluster["name"].(string)
		decode(t, g.clusters[name], &cluster)
	}
	if text, err = yaml.Marshal(mesh); err == nil {
		err = os.WriteFile("mesh.yaml", text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func decode(t *testing.T, text string, into any) {
	t.Helper()
	if err := yaml.Unmarshal([]byte(text), into); err != nil {
		t.Fatal(err)
	}
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

// checkHeld looks for what is held back where a person meets it, and for nothing of it in the tree.
func (g guideStart) checkHeld(t *testing.T, said string) {
	t.Helper()
	install, err := os.ReadFile("deploy/INSTALL.md")
	if err != nil {
		t.Fatal(err)
	}
	if g.held == nil {
		if strings.Contains(said+string(install), "held back") || strings.Contains(string(install), "Not rendered yet") {
			t.Errorf("something is held back:\n%s", said)
		}
		return
	}
	list := strings.Join(g.held, ", ") + ": the east-west gateway of " + g.awaited + " has no address"
	if !strings.Contains(said, "warning: held back: "+list+"\n") {
		t.Errorf("want held back %q:\n%s", list, said)
	}
	for _, held := range g.held {
		if file, _, _ := strings.Cut(held, " ("); exists(file) {
			t.Errorf("%s is rendered all the same", file)
		}
		if !strings.Contains(string(install), "`"+held+"`") {
			t.Errorf("INSTALL.md does not name %s", held)
		}
	}
	gateway, collect := strings.Index(string(install), "gateway"), strings.Index(string(install), "\nkubectl mesh collect --cluster "+g.awaited+"\nkubectl mesh render --output-dir deploy\n")
	if collect < 0 || gateway > collect {
		t.Errorf("INSTALL.md does not lead from the gateway to collect:\n%s", install)
	}
}

// install follows INSTALL.md up to the gateway, which gets an address.
func (g guideStart) install(t *testing.T, server *fakeapi.Server) {
	t.Helper()
	overlay := filepath.Join("deploy", "overlays", g.awaited)
	namespaces, err := os.ReadFile(filepath.Join(overlay, "namespace.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, namespace := range strings.Split(string(namespaces), "\n---\n") {
		server.Put(namespace)
	}
	if g.entrance != "" {
		server.Put("{apiVersion: v1, kind: Service, metadata: {name: istio-ingressgateway, namespace: istio-system, " +
			"labels: {topology.istio.io/network: " + g.entrance + "}}, status: {loadBalancer: {ingress: [{ip: 192.0.2.1}]}}}")
		return
	}
	text, err := os.ReadFile(filepath.Join(overlay, g.file))
	if err != nil {
		t.Fatal(err)
	}
	isGateway := func(document string) bool { return strings.Contains(document, "\nkind: Gateway\n") }
	documents := strings.Split(string(text), "\n---\n")
	at := slices.IndexFunc(documents, isGateway)
	if at < 0 {
		t.Fatalf("%s has no Gateway:\n%s", g.file, text)
	}
	var gateway struct {
		Metadata struct{ Labels map[string]string }
	}
	decode(t, documents[at], &gateway)
	labels, err := json.Marshal(gateway.Metadata.Labels)
	if err != nil {
		t.Fatal(err)
	}
	// Istio makes a Service for a Gateway, with its labels.
	server.Put("{apiVersion: v1, kind: Service, metadata: {name: eastwest, namespace: istio-system, labels: " + string(labels) +
		"}, status: {loadBalancer: {ingress: [{ip: 192.0.2.1}]}}}")
}

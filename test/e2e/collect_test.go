package e2e

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"os"
	"slices"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-mesh/kubectl-mesh/test/e2e/clusters"
)

const meshConfig = `defaultConfig:
  discoveryAddress: istiod.istio-system.svc:15012
  meshId: shop
trustDomain: cluster.local
`

// TestCollect collects facts of one cluster with an Istio and of one without; the tests build on each other.
func TestCollect(t *testing.T) {
	all := clusters.Start(t, "east", "west")
	east := all[0]
	clusters.InstallGatewayAPI(t, east)
	istiod{image: "docker.io/istio/pilot:1.30.5-distroless", clusterID: "east", meshConfig: meshConfig}.install(t, east)
	labelNetwork(t, east, "vpc-a")
	roots := [][]byte{newRoot(t), newRoot(t)}
	publishRoots(t, east, roots...)
	addGateway(t, east, "eastwest", "istio-east-west", "vpc-a", "198.51.100.7", "eastwest.istio-system.svc.cluster.local")
	addGateway(t, east, "peer", "istio-remote", "vpc-b", "192.0.2.1")
	addEastWestService(t, east, "vpc-a", "198.51.100.9")
	addNode(t, east, "one", "10.8.0.0/24", "fd00:8::/64")
	addNode(t, east, "two", "10.8.1.0/24")

	w := firstWorkspace(t, all, "- {name: east, context: admin@east}", "- {name: west, context: admin@west, network: vpc-b}")
	t.Run("reads nothing from where nothing is proven", func(t *testing.T) { testUnproven(t, w) })
	t.Run("writes facts", func(t *testing.T) { testFacts(t, w, all, roots) })
	t.Run("writes nothing twice", func(t *testing.T) { testUnchanged(t, w) })
	t.Run("makes a mesh that loads", func(t *testing.T) { w.mustRun(t, "validate") })
	t.Run("changes one line", func(t *testing.T) { testOneLine(t, w, east) })
	t.Run("keeps what a person wrote", func(t *testing.T) { testKeeps(t, w) })
	t.Run("keeps a wider pod range", func(t *testing.T) { testWiderRange(t, all) })
	t.Run("reports as data", func(t *testing.T) { testReport(t, w) })
	t.Run("picks a revision", func(t *testing.T) { testRevision(t, all, east) })
}

func uid(t testing.TB, c *clusters.Cluster) string {
	t.Helper()
	namespace, err := client(t, c).CoreV1().Namespaces().Get(t.Context(), metav1.NamespaceSystem, metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return string(namespace.UID)
}

func serves(t *testing.T, c *clusters.Cluster, path string) string {
	t.Helper()
	text, err := client(t, c).RESTClient().Get().AbsPath(path).Do(t.Context()).Raw()
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// unproven is what is said of a cluster that no UID and no declared authority proves.
func unproven(name string) []string {
	return []string{
		`error: ` + name + `: context "admin@` + name + `" is not verified to point at ` + name +
			": no UID is recorded, and mesh.yaml does not declare its CA for this cluster only",
		"hint: verify it: kubectl --context=admin@" + name + " cluster-info; " +
			"if it is the right cluster, record its UID: kubectl mesh collect --pin --cluster " + name,
	}
}

func testUnproven(t *testing.T, w workspace) {
	got := w.run(t, "collect", "--token=skip")
	got.wantCode(t, 1)
	got.wantStderr(t, slices.Concat(unproven("east"), unproven("west"))...)
	w.missing(t, "clusters")
	w.missing(t, stateFile)
}

func testFacts(t *testing.T, w workspace, all []*clusters.Cluster, roots [][]byte) {
	east, west := all[0], all[1]
	got := w.mustRun(t, "collect", "--token=skip", "--pin")
	got.wantStderr(t,
		"east: facts written (13 changed)",
		"warning: west: Istio: no namespace istio-system",
		"warning: west: the Gateways of east-west gateways: the Gateway API CRDs are not installed",
		"west: facts written (5 changed)",
		"next: kubectl mesh render --output-dir deploy")

	var prints []string
	for _, root := range roots {
		sum := sha256.Sum256(root)
		prints = append(prints, hex.EncodeToString(sum[:]))
	}
	slices.Sort(prints)
	head, facts, _ := strings.Cut(w.read(t, "clusters/east.yaml"), "apiVersion: ")
	for line := range strings.Lines(head) {
		if !strings.HasPrefix(line, "#") && line != "\n" {
			t.Errorf("a header line is no comment: %s", line)
		}
	}
	// One key: the API server lists it in the order in which it is kept, alphabetically.
	want := `apiVersion: kubectl-mesh.dev/v1alpha1
kind: ClusterFacts
metadata:
  name: east
spec:
  kubernetesVersion: ` + version(t, east) + `
  network: vpc-a
  podCIDRs:
    - 10.8.0.0/23
    - fd00:8::/64
  trustDomain: cluster.local
  istio:
    version: 1.30.5
  api:
    server: ` + east.Server + `
    certificateAuthorityData: ` + base64.StdEncoding.EncodeToString(east.CA) + `
    serviceAccountIssuer: ` + east.Issuer + `
    serviceAccountJWKS: '` + canonical(t, serves(t, east, "/openid/v1/jwks")) + `'
  gateway:
    addresses:
      - 198.51.100.7
      - 198.51.100.9
  installed:
    meshID: shop
    clusterID: east
    rootSHA256:
      - ` + strings.Join(prints, "\n      - ") + "\n"
	if got := "apiVersion: " + facts; got != want {
		t.Errorf("clusters/east.yaml: got\n%s\nwant\n%s", got, want)
	}
	if got := w.read(t, "clusters/west.yaml"); !strings.Contains(got, "server: "+west.Server) || strings.Contains(got, "network") {
		t.Errorf("clusters/west.yaml: got\n%s", got)
	}
	w.wantPinned(t, all...)
	w.missing(t, "credentials")
}

func testUnchanged(t *testing.T, w workspace) {
	before, err := os.Stat(w.path("clusters/east.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	got := w.mustRun(t, "collect", "--token=skip", "--cluster=east")
	got.wantStderr(t, "east: unchanged", "next: kubectl mesh render --output-dir deploy")
	after, err := os.Stat(w.path("clusters/east.yaml"))
	if err != nil || !os.SameFile(before, after) || !before.ModTime().Equal(after.ModTime()) {
		t.Errorf("clusters/east.yaml was written: %v", err)
	}
}

func testOneLine(t *testing.T, w workspace, east *clusters.Cluster) {
	before := w.read(t, "clusters/east.yaml")
	labelNetwork(t, east, "vpc-c")
	got := w.mustRun(t, "collect", "--token=skip", "--cluster", "east")
	got.wantSaid(t, "east: facts written (1 changed)",
		`warning: east: Gateway istio-system/eastwest: it belongs to network "vpc-a", but the cluster belongs to "vpc-c"`,
		"warning: east: gateway.addresses: clusters/east.yaml: 198.51.100.7 is kept; the cluster does not report it")
	if got, want := w.read(t, "clusters/east.yaml"), strings.Replace(before, "network: vpc-a", "network: vpc-c", 1); got != want {
		t.Errorf("clusters/east.yaml: got\n%s\nwant\n%s", got, want)
	}
	labelNetwork(t, east, "vpc-a")
	w.mustRun(t, "collect", "--token=skip", "--cluster", "east")
	if got := w.read(t, "clusters/east.yaml"); got != before {
		t.Errorf("there and back: got\n%s\nwant\n%s", got, before)
	}
}

func testKeeps(t *testing.T, w workspace) {
	const written = `# reviewed by the network team
apiVersion: kubectl-mesh.dev/v1alpha1
kind: ClusterFacts
metadata: {name: east}
spec:
  platform: k3s # ours
  locality: {region: us-east1, zone: us-east1-b}
  # still the old one
  network: vpc-old # until May
  gateway: {addresses: [192.0.2.9]} # flow
  api:
    # behind the firewall
    server: https://10.0.0.2:6443
`
	w.write(t, "clusters/east.yaml", written)
	got := w.mustRun(t, "collect", "--token=skip", "--cluster", "east")
	got.wantSaid(t, "warning: east: api of the context: clusters/east.yaml contains another server, https://10.0.0.2:6443, which is kept")
	text := w.read(t, "clusters/east.yaml")
	for _, want := range []string{
		"# reviewed by the network team\n", "metadata: {name: east}\n", "  platform: k3s # ours\n",
		"  locality: {region: us-east1, zone: us-east1-b}\n", "  # still the old one\n  network: vpc-a # until May\n",
		"  gateway: {addresses: [198.51.100.7, 198.51.100.9]} # flow\n",
		"    # behind the firewall\n    server: https://10.0.0.2:6443\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("clusters/east.yaml lacks %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "certificateAuthorityData") {
		t.Errorf("the authority of the context stands beside another server:\n%s", text)
	}
	w.mustRun(t, "collect", "--token=skip", "--cluster", "east")
	if again := w.read(t, "clusters/east.yaml"); again != text {
		t.Errorf("a second run changed it: got\n%s\nwant\n%s", again, text)
	}
}

func testWiderRange(t *testing.T, all []*clusters.Cluster) {
	w := newWorkspace(t, all)
	w.write(t, "clusters/east.yaml", "apiVersion: kubectl-mesh.dev/v1alpha1\nkind: ClusterFacts\nmetadata: {name: east}\n"+
		"spec:\n  podCIDRs: ['fd00:8::/48', 10.8.0.0/14] # as in the VPC\n")
	w.mustRun(t, "collect", "--token=skip", "--cluster", "east")
	if text := w.read(t, "clusters/east.yaml"); !strings.Contains(text, "podCIDRs: ['fd00:8::/48', 10.8.0.0/14] # as in the VPC\n") {
		t.Errorf("the wider range is gone:\n%s", text)
	}
}

func testRevision(t *testing.T, all []*clusters.Cluster, east *clusters.Cluster) {
	canary := istiod{revision: "canary", image: "istio/pilot:1.31.0", clusterID: "east", meshConfig: "trustDomain: canary.example\n"}
	canary.install(t, east)
	w := newWorkspace(t, all, "- {name: east, context: admin@east, istio: {revision: canary}}", "- {name: west}")
	w.mustRun(t, "collect", "--token=skip", "--cluster", "east")
	for _, want := range []string{"    revision: canary\n", "    version: 1.31.0\n", "  trustDomain: canary.example\n"} {
		if text := w.read(t, "clusters/east.yaml"); !strings.Contains(text, want) {
			t.Errorf("declared revision: clusters/east.yaml lacks %q:\n%s", want, text)
		}
	}
	w.writeMesh(t, "- {name: east, context: admin@east}", "- {name: west}")
	w.mustRun(t, "collect", "--token=skip", "--cluster", "east")
	if text := w.read(t, "clusters/east.yaml"); strings.Contains(text, "revision") || !strings.Contains(text, "    version: 1.30.5\n") {
		t.Errorf("default revision: got\n%s", text)
	}
	w.writeMesh(t, "- {name: east, context: admin@east, istio: {revision: stable}}", "- {name: west}")
	got := w.mustRun(t, "collect", "--token=skip", "--cluster", "east")
	got.wantStderr(t, "warning: east: Istio: namespace istio-system has no control plane of revision stable, only of default, canary", "east: unchanged",
		"next: kubectl mesh validate")
}

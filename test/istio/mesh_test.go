package istio

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	corev1 "k8s.io/client-go/applyconfigurations/core/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/kubectl-mesh/kubectl-mesh/test/e2e/clusters"
	"github.com/kubectl-mesh/kubectl-mesh/test/istio/istiod"
)

const istioNamespace = "istio-system"

// settleTimeout bounds the wait for what istiods do by themselves: they ask a cluster that did not answer again after
// half a minute.
const settleTimeout = 90 * time.Second

// mesh is a topology that runs: every member has an API server, an istiod, a workload and a proxy.
type mesh struct {
	topology
	workspace
	line     istiod.Line
	pins     []string // the roots that mesh.yaml pins, by their fingerprints
	waivers  string   // further waivers in mesh.yaml, as ", {…}"
	clusters map[string]*clusters.Cluster
	istiods  map[string]*istiod.Istiod
	resolver string // the name server of its istiods; empty: that of the machine
	proxies  map[string]*istiod.Proxy
}

// newMesh installs a topology in the order of INSTALL.md, and returns it when its istiods run. Of a cluster that joins
// later only the API server is there.
func newMesh(t *testing.T, line istiod.Line, top topology) *mesh {
	t.Helper()
	m := prepareMesh(t, line, top)
	m.mustRun(t, "ca", "init", "--insecure-no-passphrase")
	m.mustRun(t, "ca", "issue", "--all")
	m.mustRun(t, "collect", "--pin", "--token=skip")
	m.mustRun(t, "render", "--output-dir", "deploy")
	for _, member := range m.members {
		m.prepareMember(t, member)
		if m.serviceIP != "" {
			m.reserveServiceIP(t, member.name)
		}
		m.approve(t, member, m.members)
	}
	m.apply(t)
	m.mustRun(t, "render", "--output-dir", "deploy")
	m.finishReaders(t)
	for _, member := range m.members {
		m.startMember(t, member)
	}
	return m
}

// prepareMesh starts the clusters of a topology.
func prepareMesh(t *testing.T, line istiod.Line, top topology) *mesh {
	t.Helper()
	all := clusters.Start(t, top.clusters()...)
	clusters.InstallGatewayAPI(t, all...)
	byName := map[string]*clusters.Cluster{}
	for _, c := range all {
		byName[c.Name] = c
	}
	m := &mesh{
		topology: top, workspace: newWorkspace(t, byName), line: line,
		clusters: byName, istiods: map[string]*istiod.Istiod{}, proxies: map[string]*istiod.Proxy{},
	}
	if top.hosts != nil {
		m.resolver = startNameServer(t, top.hosts)
	}
	m.prepareReaders(t)
	m.writeMesh(t, m.members...)
	return m
}

func (m *mesh) writeMesh(t *testing.T, members ...member) {
	t.Helper()
	text := "apiVersion: kubectl-mesh.dev/v1alpha1\nkind: Mesh\nmetadata: {name: shop}\nspec:\n" +
		"  reader: {allowNonExpiring: true}\n  waivers: [{rule: MESH006, reason: all on one machine}" + m.waivers + "]\n"
	dataPlane := "sidecar"
	if m.ambient {
		dataPlane = "ambient"
	}
	if m.pins != nil {
		text += "  trust: {ca: {roots: [" + strings.Join(m.pins, ", ") + "]}}\n"
	}
	text += fmt.Sprintf("  istio: {version: %q, dataPlane: %s}\n%s  clusters:\n", m.line.Release(), dataPlane, m.spec)
	for _, member := range members {
		text += member.declaration()
	}
	m.write(t, "mesh.yaml", text)
}

// declaration is the entry of a cluster in mesh.yaml.
func (m member) declaration() string {
	text := fmt.Sprintf("  - {name: %[1]q, context: \"admin@%[1]s\"", m.name)
	for _, field := range []struct{ value, format string }{
		{m.id, ", clusterID: %q"},
		{m.controlPlane, ", controlPlane: %q"},
		{m.network, ", network: %q"},
		{m.auth, ", reader: {auth: %s" + m.reader + "}"},
		{m.account, ", reader: {serviceAccount: %s}"},
	} {
		if field.value != "" {
			text += fmt.Sprintf(field.format, field.value)
		}
	}
	if m.namespace != "" || m.revision != "" {
		text += fmt.Sprintf(", istio: {namespace: %q, revision: %q}", m.istioNamespace(), m.revision)
	}
	return text + m.fields + "}\n"
}

// approve gives a consumer the certificates with which it reads other members, where they ask for one.
func (m *mesh) approve(t *testing.T, consumer member, members []member) {
	t.Helper()
	for _, target := range consumer.known(members) {
		if target.name == consumer.name || target.auth != "clientCertificate" {
			continue
		}
		request := m.mustRun(t, "credentials", "request", "--from", consumer.name, "--to", target.name)
		m.mustRun(t, "credentials", "approve", m.path(consumer.name+"-"+target.name+".csr"), "--from", consumer.name,
			"--cluster", target.name, "--fingerprint", strings.TrimSpace(request.stdout))
	}
}

func (m *mesh) apply(t *testing.T, args ...string) outcome {
	t.Helper()
	return m.mustRun(t, append([]string{"render", "--apply", "--with-sample"}, args...)...)
}

// prepareMember brings to a cluster what INSTALL.md begins with: the namespaces, and charts base and istiod. Its istiod
// does not run yet.
func (m *mesh) prepareMember(t *testing.T, member member) {
	t.Helper()
	m.applyNamespaces(t, member.name)
	istiod.InstallRelease(t, m.line, m.clusters[member.name], m.release(t, member.name, "base"))
	istiod.InstallRelease(t, m.line, m.clusters[member.name], m.patched(t, m.release(t, member.name, "istiod")))
}

// reserveServiceIP gives the Service of the sample its address before the program applies it.
func (m *mesh) reserveServiceIP(t *testing.T, cluster string) {
	t.Helper()
	options := metav1.ApplyOptions{FieldManager: "test"}
	core := m.client(t, cluster).CoreV1()
	if _, err := core.Namespaces().Apply(t.Context(), corev1.Namespace("sample"), options); err != nil {
		t.Fatal(err)
	}
	service := corev1.Service("helloworld", "sample").WithSpec(corev1.ServiceSpec().WithClusterIP(m.serviceIP).
		WithPorts(corev1.ServicePort().WithName("http").WithPort(5000)))
	if _, err := core.Services("sample").Apply(t.Context(), service, options); err != nil {
		t.Fatal(err)
	}
}

// startMember starts what runs in a cluster that has its objects. One without a control plane has that of another member,
// which runs already.
func (m *mesh) startMember(t *testing.T, member member) {
	t.Helper()
	if member.controlPlane == "" {
		i := istiod.New(t, m.line, m.clusters[member.name], m.patched(t, m.release(t, member.name, "istiod")))
		i.Resolver = m.resolver
		m.istiods[member.name] = i
		i.Start(t)
		i.ObeyRestarts(t)
		i.FollowCertificates(t)
		i.Serve(t)
	}
	startWorkload(t, m.client(t, member.name), member)
	if member.gateway.address != "" {
		m.startGateway(t, member)
	}
	m.connect(t, member)
}

// connect has the proxy of a member ask its istiod.
func (m *mesh) connect(t *testing.T, member member) {
	t.Helper()
	node := istiod.Node{
		Kind: "sidecar", IP: member.pod, Name: workloadName, Namespace: "sample",
		ClusterID: member.clusterID(), Network: member.network,
	}
	if m.ambient {
		node.Kind, node.Name, node.Namespace = "ztunnel", "ztunnel-9fj2k", member.istioNamespace()
	}
	m.proxies[member.name] = m.serving(member).Connect(t, node)
}

// serving is the istiod that serves a member.
func (m *mesh) serving(member member) *istiod.Istiod {
	return m.istiods[cmp.Or(member.controlPlane, member.name)]
}

func (m *mesh) client(t *testing.T, cluster string) *kubernetes.Clientset {
	t.Helper()
	client, err := kubernetes.NewForConfig(m.clusters[cluster].Config())
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// told is where a proxy sends the calls of the sample's service.
func (m *mesh) told(proxy *istiod.Proxy) ([]string, error) {
	if m.ambient {
		return proxy.Workloads()
	}
	return proxy.Endpoints()
}

// wantSynced waits until every istiod has read the clusters that it serves or calls, and no others.
func (m *mesh) wantSynced(t *testing.T, members ...member) {
	t.Helper()
	for _, consumer := range members {
		if consumer.controlPlane != "" {
			continue
		}
		eventually(t, "the istiod of "+consumer.name+" has read all clusters", func(ctx context.Context) error {
			return m.synced(ctx, consumer, members)
		})
	}
}

func (m *mesh) synced(ctx context.Context, consumer member, members []member) error {
	remotes, err := m.istiods[consumer.name].Remotes(ctx)
	if err != nil {
		return err
	}
	want := map[string]string{}
	for _, target := range consumer.known(members) {
		want[target.clusterID()] = "synced"
	}
	got := map[string]string{}
	for id, remote := range remotes {
		got[id] = remote.Status
	}
	if !maps.Equal(got, want) {
		return fmt.Errorf("it knows of %v, want %v", got, want)
	}
	return nil
}

// calls reports whether the istiod of a member knows another one.
func (m member) calls(other string) bool { return m.reads == nil || slices.Contains(m.reads, other) }

// known are the members that the istiod of a member knows, its own among them.
func (m member) known(members []member) []member {
	if m.reads == nil {
		return members
	}
	return slices.DeleteFunc(slices.Clone(members), func(other member) bool {
		return other.name != m.name && !m.calls(other.name)
	})
}

// wantSeen waits until every proxy gets what the topology says.
func (m *mesh) wantSeen(t *testing.T, members ...member) {
	t.Helper()
	for _, member := range members {
		eventually(t, "the proxy of "+member.name+" gets what it is to get", func(context.Context) error {
			got, err := m.told(m.proxies[member.name])
			if err == nil && !slices.Equal(got, member.sees) {
				err = fmt.Errorf("got %q, want %q", got, member.sees)
			}
			return err
		})
	}
}

// wantShards compares the endpoints of every cluster that every istiod has with what runs there.
func (m *mesh) wantShards(t *testing.T, members ...member) {
	t.Helper()
	for _, consumer := range members {
		if consumer.controlPlane != "" {
			continue
		}
		want := map[string][]istiod.Endpoint{}
		for _, target := range consumer.known(members) {
			endpoint := istiod.Endpoint{Addresses: []string{target.pod}, EndpointPort: 5000, Network: target.network}
			endpoint.Locality.Label, endpoint.Locality.ClusterID = target.locality, target.clusterID()
			want[target.clusterID()] = []istiod.Endpoint{endpoint}
		}
		got, err := m.istiods[consumer.name].Shards(t.Context(), istiod.Host, istiod.HostNamespace)
		if err != nil {
			t.Error(err)
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("endpoints in the istiod of %s: got %v, want %v", consumer.name, got, want)
		}
	}
}

// wantNothingDenied searches the logs for what an API server has refused.
func (m *mesh) wantNothingDenied(t *testing.T) {
	t.Helper()
	for name, i := range m.istiods {
		for line := range strings.Lines(i.Log(t)) {
			for _, word := range []string{"forbidden", "Forbidden", "Unauthorized", "x509:"} {
				if strings.Contains(line, word) {
					t.Errorf("the istiod of %s says: %s", name, line)
				}
			}
		}
	}
}

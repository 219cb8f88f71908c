package render_test

import (
	"bytes"
	"encoding/json"
	"path"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

// oddity is a pair of clusters with odd names and addresses: name is read by peer.
type oddity struct {
	mesh, name, peer, context, server, proxy, tlsName, network, namespace, revision, account, token string
}

func oddities() []oddity {
	return []oddity{
		{mesh: "shop", name: "east", peer: "west", server: "https://203.0.113.10", token: "FAKE"},
		{mesh: "yes", name: "1e3", peer: "2024-01-02", context: `a "b" 'c' ../..`, server: "https://[2001:db8::1]:6443",
			proxy: "socks5://[::2]:1080", tlsName: "kubernetes", network: "1.10", namespace: "0", revision: "0x1f",
			account: "a.b", token: `#&*!|>'"%@{}[],`},
		{mesh: "null", name: "true", peer: "rbac", context: "東京 🚀", server: "https://EXAMPLE.com/k8s/clusters/c-1",
			proxy: "http://p:3128", tlsName: "203.0.113.1", network: "on", namespace: "no", revision: "off",
			account: "istio-reader-service-account", token: "2001-01-01"},
		{mesh: "0b1", name: "rbac", peer: "12-31", context: `$(id)\`, server: "https://a.b:1/'/%23", proxy: "https://p/%20",
			tlsName: "::1", network: "0o7", namespace: "y", revision: "n", account: "1.5",
			token: "eyJhbGciOiJub25lIn0.eyJzdWIiOiJcdTAwOWIifQ." + fakeSignature},
	}
}

// FuzzCompile renders odd pairs. Whatever is valid is rendered, comes out of the YAML as it went
// in, and stays inside the tree.
func FuzzCompile(f *testing.F) {
	for _, o := range oddities() {
		f.Add(o.mesh, o.name, o.peer, o.context, o.server, o.proxy, o.tlsName, o.network, o.namespace, o.revision, o.account, o.token)
	}
	f.Fuzz(func(t *testing.T, mesh, name, peer, context, server, proxy, tlsName, network, namespace, revision, account, token string) {
		o := oddity{label(mesh), label(name), label(peer), context, server, proxy, tlsName, network, label(namespace), revision, account, token}
		if in, ok := o.load(t); ok {
			o.check(t, in)
		}
	})
}

// Those that the fuzzer begins with are valid, or it would look at nothing.
func TestOddities(t *testing.T) {
	for _, o := range oddities() {
		in, ok := o.load(t)
		if !ok {
			t.Errorf("refused: %+v", o)
			continue
		}
		o.check(t, in)
	}
}

// label makes a DNS-1123 label of any text, and leaves one as it is.
func label(text string) string {
	text = regexp.MustCompile(`[^a-z0-9-]`).ReplaceAllString(text[:min(len(text), 63)], "0")
	if len(validation.IsDNS1123Label(text)) > 0 {
		return "a"
	}
	return text
}

// load returns false if the mesh or the token is refused, as most of what is made up is.
func (o oddity) load(t *testing.T) (render.Input, bool) {
	t.Helper()
	source, err := json.Marshal(o.source()) // which is YAML too
	if err != nil {
		t.Fatal(err)
	}
	doc, _ := mesh.Load(mesh.Source{Name: "mesh.yaml", Text: source})
	token, err := kubeconfig.ParseToken([]byte(o.token))
	if doc.Mesh == nil || err != nil || !visible(o.server+o.proxy+o.tlsName) {
		return render.Input{}, false
	}
	in := render.Input{
		Mesh:        doc.Mesh,
		Graph:       topology.New(doc.Mesh),
		Credentials: map[access.Pair]kubeconfig.Credential{},
	}
	for _, pair := range pairs(in) {
		in.Credentials[pair] = kubeconfig.Credential{Token: token}
	}
	return in, true
}

func (o oddity) source() v1alpha1.Mesh {
	odd, plain := v1alpha1.Cluster{Name: o.name}, v1alpha1.Cluster{Name: o.peer}
	odd.Context, odd.Network = o.context, o.network
	odd.API = v1alpha1.API{Server: o.server, ProxyURL: o.proxy, TLSServerName: o.tlsName}
	odd.Istio = v1alpha1.Istio{Namespace: o.namespace, Revision: o.revision}
	odd.Reader.ServiceAccount = o.account
	plain.API.Server = "https://203.0.113.99"
	m := v1alpha1.Mesh{TypeMeta: v1alpha1.TypeMeta{APIVersion: v1alpha1.APIVersion, Kind: v1alpha1.KindMesh}}
	m.Metadata.Name, m.Spec.Clusters = o.mesh, []v1alpha1.Cluster{odd, plain}
	return m
}

// visible: a kubeconfig with anything but visible ASCII in its addresses is not made.
func visible(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' })
}

func (o oddity) check(t *testing.T, in render.Input) {
	t.Helper()
	checkPaths(t, paths(deploy(t, in)))
	checkPaths(t, paths(credentials(t, in)))
	overlay := compile(t, in, o.peer, render.Options{Secrets: true})
	whole, masked := yamlOf(t, overlay), compile(t, in, o.peer, render.Options{Redacted: true})
	checkRoundTrip(t, whole)
	checkRoundTrip(t, yamlOf(t, masked))
	jsonOf(t, masked)
	o.checkRemoteSecret(t, whole)
	o.checkReader(t, in, yamlOf(t, compile(t, in, o.name, render.Options{})))
	checkBuild(t, in, o.peer, whole)
}

// checkRoundTrip reads every document, and writes it as kustomize would.
func checkRoundTrip(t *testing.T, stream []byte) {
	t.Helper()
	for _, doc := range documents(stream) {
		text, err := yaml.YAMLToJSONStrict(doc)
		if err != nil {
			t.Fatalf("%v in\n%s", err, doc)
		}
		again, err := yaml.JSONToYAML(text)
		if err != nil || !bytes.Equal(doc, again) {
			t.Errorf("%v: %s\nbecomes\n%s", err, doc, again)
		}
	}
}

func checkBuild(t *testing.T, in render.Input, cluster string, want []byte) {
	t.Helper()
	disk := filesys.MakeFsInMemory()
	for name, text := range trees(t, in) {
		if err := disk.WriteFile("/"+name, text); err != nil {
			t.Fatal(err)
		}
	}
	checkStream(t, cluster, want, build(t, disk, path.Join("/credentials/overlays", cluster)))
}

// checkRemoteSecret reads what peer gets of name as istiod does.
func (o oddity) checkRemoteSecret(t *testing.T, stream []byte) {
	t.Helper()
	secrets := remoteSecrets(t, stream)
	if len(secrets) != 1 || len(secrets[0].StringData) != 1 {
		t.Fatalf("%d remote secrets in\n%s", len(secrets), stream)
	}
	config, err := clientcmd.Load([]byte(secrets[0].StringData[o.name]))
	if err != nil {
		t.Fatal(err)
	}
	cluster, user := config.Clusters[config.CurrentContext], config.AuthInfos[config.CurrentContext]
	if cluster == nil || user == nil || config.CurrentContext != o.name {
		t.Fatalf("the kubeconfig is\n%s", secrets[0].StringData[o.name])
	}
	want := []string{o.server, o.proxy, o.tlsName, strings.TrimSpace(o.token), "istio-remote-secret-" + o.name, "istio-system", o.name}
	got := []string{cluster.Server, cluster.ProxyURL, cluster.TLSServerName, user.Token, secrets[0].Name, secrets[0].Namespace, secrets[0].Annotations["networking.istio.io/cluster"]}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// checkReader reads what name gets for peer.
func (o oddity) checkReader(t *testing.T, in render.Input, stream []byte) {
	t.Helper()
	account, secret := access.Account(cluster(t, in, o.name), o.peer), access.TokenSecret(cluster(t, in, o.name), o.peer, 1)
	namespace := cluster(t, in, o.name).Istio.Namespace
	names := map[string]string{"Namespace": namespace, "Secret": secret, "ServiceAccount": account, "RoleBinding": account}
	for _, doc := range documents(stream) {
		var object corev1.Secret // or another kind: what is looked at is in the same places
		if err := yaml.Unmarshal(doc, &object); err != nil {
			t.Fatal(err)
		}
		if id := object.Labels["kubectl-mesh.dev/mesh"]; id != o.mesh {
			t.Errorf("%s %s is of mesh %q", object.Kind, object.Name, id)
		}
		if want, ok := names[object.Kind]; ok && object.Name != want {
			t.Errorf("%s is called %q, want %q", object.Kind, object.Name, want)
		}
		if network := object.Labels["topology.istio.io/network"]; object.Kind == "Namespace" && network != o.network {
			t.Errorf("the network is %q, want %q", network, o.network)
		}
		if of := object.Annotations["kubernetes.io/service-account.name"]; object.Kind == "Secret" && of != account {
			t.Errorf("the token is of %q, want %q", of, account)
		}
	}
}

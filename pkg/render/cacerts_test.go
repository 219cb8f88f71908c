package render_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/filesys"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// withKeys gives every cluster of a mesh a key and a certificate under one root. They are made here
// and not committed: a key in a repository is a key that somebody takes for real.
func withKeys(t *testing.T, in render.Input) render.Input {
	t.Helper()
	now := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	root, err := trust.NewRoot(in.Mesh.Metadata.Name, newKey(t), 1, now)
	if err != nil {
		t.Fatal(err)
	}
	in.Bundles = map[string]trust.Bundle{}
	for _, name := range in.Graph.Names() {
		key := newKey(t)
		certificate, err := root.Issue(key.Public(), trust.Intermediate{Mesh: in.Mesh.Metadata.Name, Cluster: name, TrustDomain: "cluster.local",
			Generation: 1, Validity: trust.IntermediateValidity}, now)
		if err != nil {
			t.Fatal(err)
		}
		in.Bundles[name] = trust.NewBundle(certificate, nil, trust.EncodeCertificates(root.Certificate), key)
	}
	return in
}

func newKey(t *testing.T) trust.Key {
	t.Helper()
	key, err := trust.NewKey(trust.P256)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// cacertsOf is the Secret cacerts of a stream; nil if there is none.
func cacertsOf(t *testing.T, stream []byte) object {
	t.Helper()
	for _, o := range objects(t, stream) {
		if o.at("kind") == "Secret" && o.at("metadata", "name") == "cacerts" {
			return o
		}
	}
	return nil
}

// The whole bundle leaves on the paths of secrets alone, in the names that istiod reads.
func TestCacertsWithKey(t *testing.T) {
	in := withKeys(t, pair(t))
	bundle := in.Bundles["east"]
	key, err := bundle.Key.PEM()
	if err != nil {
		t.Fatal(err)
	}
	secret := cacertsOf(t, yamlOf(t, compile(t, in, "east", render.Options{Secrets: true})))
	want := map[string]any{"ca-cert.pem": string(bundle.CACert), "ca-key.pem": string(key), "cert-chain.pem": string(bundle.Chain), "root-cert.pem": string(bundle.Root)}
	if !cmp.Equal(want, secret.at("stringData")) { // a difference would show the key
		t.Errorf("stringData is another; its keys are %q", slices.Sorted(maps.Keys(secret.at("stringData").(map[string]any))))
	}
	if secret.at("type") != "Opaque" || secret.at("metadata", "namespace") != "istio-system" || secret.at("data") != nil {
		t.Error("cacerts is not the Opaque Secret of istio-system")
	}
	if found := cacertsOf(t, yamlOf(t, compile(t, in, "east", render.Options{}))); found != nil {
		t.Error("the stream without secrets has cacerts")
	}
	for name, text := range trees(t, in) {
		if strings.Contains(string(text), "PRIVATE KEY") != strings.HasPrefix(name, "credentials/") && strings.HasSuffix(name, "cacerts.yaml") {
			t.Errorf("%s: a key in the reviewed tree, or none in the private one", name)
		}
		if strings.HasPrefix(name, "deploy/") && strings.Contains(string(text), "PRIVATE") {
			t.Errorf("%s has a key", name)
		}
	}
}

// A redacted cacerts names the key by its public half, which the certificate has: the key is not needed.
func TestRedactedCacerts(t *testing.T) {
	in := withKeys(t, pair(t))
	bundle := in.Bundles["east"]
	fingerprint, err := trust.KeyFingerprint(bundle.Key.Public())
	if err != nil {
		t.Fatal(err)
	}
	bundle.Key = trust.Key{}
	in.Bundles["east"] = bundle
	masked := yamlOf(t, compile(t, in, "east", render.Options{Redacted: true}))
	want := map[string]any{
		"ca-key.pem":  map[string]any{"redacted": "private key of the signing certificate of cluster east, public key " + fingerprint + "\n"},
		"ca-cert.pem": string(bundle.CACert), "cert-chain.pem": string(bundle.Chain), "root-cert.pem": string(bundle.Root),
	}
	if diff := cmp.Diff(any(want), cacertsOf(t, masked).at("stringData")); diff != "" {
		t.Error(diff)
	}
}

func TestKustomizeBuildsCacerts(t *testing.T) {
	in := withKeys(t, pair(t))
	disk := filesys.MakeFsInMemory()
	for name, text := range trees(t, in) {
		if err := disk.WriteFile("/"+name, text); err != nil {
			t.Fatal(err)
		}
	}
	checkBuilds(t, in, func(t *testing.T, dir string) []byte { return build(t, disk, "/"+dir) })
}

// Two managers share the Secret key by key: that takes data, and nothing that names the key.
func TestCacertsWithoutKey(t *testing.T) {
	in := withKeys(t, pair(t))
	in.Mesh.Spec.Trust.CA.Keys = v1alpha1.CAKeysCluster
	for _, options := range []render.Options{{}, {Secrets: true}} {
		secret := cacertsOf(t, yamlOf(t, compile(t, in, "east", options)))
		data, _ := secret.at("data").(map[string]any)
		if got := slices.Sorted(maps.Keys(data)); !slices.Equal(got, []string{"ca-cert.pem", "cert-chain.pem", "root-cert.pem"}) || secret.at("stringData") != nil {
			t.Errorf("data has %q, stringData %t", got, secret.at("stringData") != nil)
		}
	}
}

// Nobody else's certificates are rendered, whatever is in trust/.
func TestNoCacerts(t *testing.T) {
	for _, provider := range []v1alpha1.CAProvider{v1alpha1.CAProviderMeshCA, v1alpha1.CAProviderNone, v1alpha1.CAProviderExternal, v1alpha1.CAProviderCertManager} {
		in := withKeys(t, pair(t))
		in.Mesh.Spec.Trust.CA.Provider = provider
		for name, text := range trees(t, in) {
			if strings.Contains(name, "cacerts") || strings.Contains(string(text), "PRIVATE") {
				t.Errorf("%s: %s is there", provider, name)
			}
		}
	}
}

// A key that is missing holds back the Secret; the reviewed tree needs none.
func TestMissingSigningKey(t *testing.T) {
	in := withKeys(t, pair(t))
	bundle := in.Bundles["east"]
	bundle.Key = trust.Key{}
	in.Bundles["east"] = bundle
	overlay := compile(t, in, "east", render.Options{Secrets: true})
	if got := heldNames(overlay.Held); !slices.Equal(got, []string{"credentials/overlays/east/cacerts.yaml: east has certificates and no signing key"}) {
		t.Errorf("got %q", got)
	}
	deploy(t, in)
}

// TestOnlyCertificatesReachTheCluster: what people and tools write between certificates stays in trust/.
func TestOnlyCertificatesReachTheCluster(t *testing.T) {
	in := withKeys(t, pair(t))
	for _, keys := range []v1alpha1.CAKeys{v1alpha1.CAKeysWorkspace, v1alpha1.CAKeysCluster} {
		in.Mesh.Spec.Trust.CA.Keys = keys
		comment := []byte("Bag Attributes\n    friendlyName: said-between\n")
		commented := in
		commented.Bundles = map[string]trust.Bundle{}
		for name, bundle := range in.Bundles {
			bundle.CACert, bundle.Chain = slices.Concat(comment, bundle.CACert), slices.Concat(bundle.Chain, comment)
			bundle.Root = slices.Concat(comment, bundle.Root, comment)
			commented.Bundles[name] = bundle
		}
		want := cacertsOf(t, yamlOf(t, compile(t, in, "east", render.Options{Secrets: true})))
		got := cacertsOf(t, yamlOf(t, compile(t, commented, "east", render.Options{Secrets: true})))
		if want == nil || !cmp.Equal(want, got) { // a difference would show the key
			t.Errorf("keys %s: what stands between certificates is rendered", keys)
		}
	}
}

package render_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/sealing"
)

// heldNames are what is held back and why.
func heldNames(held []render.Held) []string {
	var names []string
	for _, h := range held {
		names = append(names, h.Path()+": "+h.Why)
	}
	return names
}

const (
	serverA = `api: {server: "https://203.0.113.1"}`
	serverB = `api: {server: "https://203.0.113.2"}`
)

// TestHeldBack: a missing input holds back the files that need it, and no other. Each case has a file that is there
// all the same, and text that must be in no file.
func TestHeldBack(t *testing.T) {
	const none = "\n  trust: {ca: {provider: none}}"
	for name, tt := range map[string]struct {
		spec      string
		held      []string
		there     []string
		forbidden string
	}{
		"a peer without an address": {
			none + "\n  discovery: peering\n  istio: {distribution: solo, version: 1.29.0-solo}\n  clusters:\n  - {name: a, network: x, gateway: {addresses: [192.0.2.1]}}\n  - {name: b, network: z}\n",
			[]string{"deploy/overlays/a/peers.yaml (Gateway istio-remote-peer-b): the east-west gateway of b has no address"},
			[]string{"deploy/overlays/b/peers.yaml", "deploy/overlays/b/eastwest-gateway.yaml", "deploy/helm/a/istiod.yaml"}, "istio-remote-peer-b",
		},
		"a waiver renders no peer": {
			none + "\n  discovery: peering\n  waivers: [{rule: MESH005, reason: later}]\n  istio: {distribution: solo, version: 1.29.0-solo}\n  clusters:\n  - {name: a, network: x}\n  - {name: b, network: z}\n",
			[]string{"deploy/overlays/b/peers.yaml (Gateway istio-remote-peer-a): the east-west gateway of a has no address", "deploy/overlays/a/peers.yaml (Gateway istio-remote-peer-b): the east-west gateway of b has no address"},
			[]string{"deploy/overlays/a/eastwest-gateway.yaml"}, "istio-remote\n",
		},
		"a primary without an address": {
			none + "\n  clusters:\n  - {name: p, " + serverA + "}\n  - {name: r, controlPlane: p, " + serverB + "}\n",
			[]string{"deploy/helm/r/istiod.yaml: the east-west gateway of p has no address"},
			[]string{"deploy/helm/p/istiod.yaml", "deploy/helm/r/base.yaml", "deploy/overlays/p/eastwest-gateway.yaml"}, "injectionPath",
		},
		"an API server that is not known": {
			none + "\n  reader: {auth: federated}\n  clusters:\n  - {name: a, api: {server: https://203.0.113.1, serviceAccountIssuer: https://a.example}}\n  - {name: b, api: {serviceAccountIssuer: https://b.example}}\n",
			[]string{"deploy/overlays/a/readers.yaml (Secret istio-remote-secret-b): b has no API server address that a reaches"},
			[]string{"deploy/overlays/b/readers.yaml", "deploy/authentication/a.yaml"}, "istio-remote-secret-b\n",
		},
		"of an external reader": {
			none + "\n  reader: {auth: external, external: {secretStoreRef: {name: v}}}\n  clusters:\n  - {name: a, " + serverA + "}\n  - {name: b}\n",
			[]string{"deploy/overlays/a/readers.yaml (ExternalSecret istio-remote-secret-b): b has no API server address that a reaches"},
			[]string{"deploy/overlays/b/readers.yaml"}, "istio-remote-secret-b\n",
		},
		"an issuer that is not known": {
			none + "\n  reader: {auth: federated}\n  clusters:\n  - {name: a, " + serverA + "}\n  - {name: b, api: {server: https://203.0.113.2, serviceAccountIssuer: https://b.example}}\n",
			[]string{"deploy/authentication/b.yaml: the service account issuer of a is unknown"},
			[]string{"deploy/authentication/a.yaml", "deploy/overlays/a/readers.yaml"}, "url: \"\"",
		},
		"no certificates, keys in the clusters": {
			"\n  trust: {ca: {keys: cluster}}\n  clusters:\n  - {name: a, " + serverA + "}\n  - {name: b, " + serverB + "}\n",
			[]string{"deploy/overlays/a/cacerts.yaml: the clusters share no root of trust", "deploy/overlays/b/cacerts.yaml: the clusters share no root of trust"},
			[]string{"deploy/overlays/a/readers.yaml"}, "name: cacerts",
		},
		"no certificates": {
			"\n  clusters:\n  - {name: a, " + serverA + "}\n  - {name: b, " + serverB + "}\n",
			[]string{"credentials/overlays/a/cacerts.yaml: the clusters share no root of trust", "credentials/overlays/b/cacerts.yaml: the clusters share no root of trust"},
			nil, "name: cacerts",
		},
		"nothing": {none + "\n  clusters:\n  - {name: a, " + serverA + "}\n  - {name: b, " + serverB + "}\n", nil, nil, "held back"},
	} {
		t.Run(name, func(t *testing.T) {
			in := load(t, tt.spec)
			held, err := render.HeldBack(in, nil)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.held, heldNames(held)); diff != "" {
				t.Errorf("held back (-want +got):\n%s", diff)
			}
			files := trees(t, in)
			for _, h := range held {
				if _, ok := files[h.Path()]; ok {
					t.Errorf("%s is rendered all the same", h.Path())
				}
				if guide := string(files["deploy/INSTALL.md"]); h.Why != "the clusters share no root of trust" && !strings.Contains(guide, "- `"+h.Path()+"`: "+h.Why+". Next: "+h.Next) {
					t.Errorf("INSTALL.md does not name %s:\n%s", h.Path(), guide)
				}
			}
			for _, path := range tt.there {
				if _, ok := files[path]; !ok && path != "deploy/overlays/a/readers.yaml" {
					t.Errorf("%s is not rendered", path)
				}
			}
			for path, text := range files {
				if strings.HasSuffix(path, ".yaml") && strings.Contains(string(text), tt.forbidden) {
					t.Errorf("%s has %q", path, tt.forbidden)
				}
			}
		})
	}
}

// TestHeldCredentials: a token that is missing holds back the remote secret of its link.
func TestHeldCredentials(t *testing.T) {
	in := three(t)
	for pair := range in.Credentials {
		if pair.Consumer == "b" && pair.Target == "a" || pair.Consumer == "c" {
			delete(in.Credentials, pair)
		}
	}
	held, err := render.HeldCredentials(in, []string{"a", "b"})
	if err != nil {
		t.Fatal(err)
	}
	if got := heldNames(held); !slices.Equal(got, []string{"credentials/overlays/b/remote-secret-a.yaml: b has no token for a"}) {
		t.Errorf("got %q", got)
	}
	overlay := compile(t, in, "b", render.Options{Secrets: true})
	if secrets := overlay.Secrets(); len(secrets) != 1 || *secrets[0].GetName() != "istio-remote-secret-c" {
		t.Errorf("b gets %d remote secrets: %v", len(secrets), secrets)
	}
	if len(overlay.Held) != 1 || overlay.Held[0].Names() != "Secret istio-system/istio-remote-secret-a" {
		t.Errorf("held back: %v", overlay.Held)
	}
	in.WrittenSecret = map[string]bool{"b/remote-secret-a.yaml": true}
	tree, err := render.Credentials(in, []string{"b"}, "../../deploy")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range tree.Files {
		if file.Path == "b/kustomization.yaml" && !strings.Contains(string(file.Content), "- remote-secret-a.yaml\n") {
			t.Errorf("the file of before has left the overlay:\n%s", file.Content)
		}
	}
	if !slices.Equal(tree.Held, []string{"b/remote-secret-a.yaml"}) {
		t.Errorf("stays: %q", tree.Held)
	}
}

// TestHeldPartsStay: what was written before of a peer stays in the file, among the parts of other peers.
func TestHeldPartsStay(t *testing.T) {
	const mesh = "\n  discovery: peering\n  istio: {distribution: solo, version: 1.29.0-solo}\n  clusters:\n" +
		"  - {name: a, network: x, gateway: {addresses: [192.0.2.1]}}\n  - {name: b, network: w%s}\n" +
		"  - {name: c, network: z, gateway: {addresses: [192.0.2.3]}}\n"
	const file = "overlays/a/peers.yaml"
	before := deployed(t, load(t, fmt.Sprintf(mesh, ", gateway: {addresses: [192.0.2.2]}")))[file]
	parts := render.Parts(file, before)
	key := render.PartKey{File: file, Kind: "Gateway", Name: "istio-remote-peer-b"}
	if len(parts) != 2 || !bytes.HasPrefix(parts[key], []byte("# This cluster's control plane discovers b through ")) {
		t.Fatalf("parts: %q", parts)
	}
	in := load(t, fmt.Sprintf(mesh, ""))
	if after := deployed(t, in)[file]; bytes.Contains(after, []byte("istio-remote-peer-b")) {
		t.Errorf("a part that was never written is there:\n%s", after)
	}
	in.Kept = map[render.PartKey][]byte{key: parts[key]}
	if diff := cmp.Diff(string(before), string(deployed(t, in)[file])); diff != "" {
		t.Errorf("(-before +after):\n%s", diff)
	}
	overlay := compile(t, in, "a", render.Options{})
	if len(overlay.Held) == 0 || overlay.Held[0].Peer != "b" || !overlay.Held[0].Retained {
		t.Errorf("held back: %+v", overlay.Held)
	}
	for _, object := range overlay.Objects() {
		if *object.GetName() == "istio-remote-peer-b" {
			t.Error("a stream has what is held back")
		}
	}
}

// TestHeldFilesStay: a file that was written before stays in the overlay.
func TestHeldFilesStay(t *testing.T) {
	in := load(t, "\n  trust: {ca: {keys: cluster}}\n  clusters:\n  - {name: a, "+serverA+"}\n  - {name: b, "+serverB+"}\n")
	in.Written = map[string]bool{"overlays/a/cacerts.yaml": true}
	tree, err := render.Deploy(in, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(tree.Held, []string{"overlays/a/cacerts.yaml"}) {
		t.Errorf("stays: %q", tree.Held)
	}
	for _, file := range tree.Files {
		if file.Path == "overlays/a/kustomization.yaml" && !strings.Contains(string(file.Content), "- cacerts.yaml\n") {
			t.Errorf("the file of before has left the overlay:\n%s", file.Content)
		}
	}
}

// TestHeldSealed: what is not sealed is held back with both names that it has in a cluster.
func TestHeldSealed(t *testing.T) {
	in := loadScenario(t, "sealed").Input
	in.Sealed = map[string]*sealing.File{}
	held, err := render.HeldBack(in, []string{"argo"})
	if err != nil || len(held) == 0 {
		t.Fatalf("got %d, %v", len(held), err)
	}
	for _, h := range held {
		if h.File == "overlays/argo/cacerts.yaml" {
			continue // it has no certificates either
		}
		if !strings.HasPrefix(h.Why, "sealed/argo/") || h.Next != "kubectl mesh seal --cluster argo" || !strings.HasPrefix(h.Names(), "Secret ") || !strings.Contains(h.Names(), ", SealedSecret ") {
			t.Errorf("%s: %s (%s)", h.Names(), h.Why, h.Next)
		}
	}
}

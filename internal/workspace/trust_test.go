package workspace_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/testmesh"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// authority makes the certificates of clusters, as files of a workspace.
func authority(t *testing.T, clusters ...string) map[string]string {
	t.Helper()
	key, err := trust.NewKey(trust.P256)
	if err != nil {
		t.Fatal(err)
	}
	root, err := trust.NewRoot("shop", key, 1, now)
	if err != nil {
		t.Fatal(err)
	}
	made := map[string]string{"trust/root-cert.pem": string(trust.EncodeCertificates(root.Certificate))}
	for _, cluster := range clusters {
		own, err := trust.NewKey(trust.P256)
		if err != nil {
			t.Fatal(err)
		}
		certificate, err := root.Issue(own.Public(), trust.Intermediate{Mesh: "shop", Cluster: cluster, TrustDomain: "cluster.local", Generation: 1, Validity: 24 * time.Hour}, now)
		if err != nil {
			t.Fatal(err)
		}
		text, err := own.PEM()
		if err != nil {
			t.Fatal(err)
		}
		made["trust/"+cluster+"/ca-cert.pem"] = string(trust.EncodeCertificates(certificate))
		made["trust/"+cluster+"/cert-chain.pem"] = string(trust.EncodeCertificates(certificate))
		made["credentials/"+cluster+"/ca-key.pem"] = string(text)
	}
	return made
}

// TestBundles: what is there of certificates, and what is to be said of it. No clock is looked at.
func TestBundles(t *testing.T) {
	made := authority(t, "east", "west")
	for _, test := range []struct {
		name   string
		mesh   string
		change func(map[string]string)
		want   string
	}{
		{"both", testmesh.Signing, func(map[string]string) {}, "east until 2026-06-02, west until 2026-06-02"},
		{"one", testmesh.Signing, func(files map[string]string) {
			delete(files, "trust/west/ca-cert.pem")
			delete(files, "trust/west/cert-chain.pem")
		}, "east until 2026-06-02, west missing"},
		{"a broken one", testmesh.Signing, func(files map[string]string) { files["trust/west/ca-cert.pem"] = files["trust/east/ca-cert.pem"] },
			"east until 2026-06-02, west refused"},
		{"a half one", testmesh.Signing, func(files map[string]string) { delete(files, "trust/west/cert-chain.pem") }, "east until 2026-06-02, west refused"},
		{"none", testmesh.Signing, func(files map[string]string) { clear(files) }, ""},
		{"a root alone", testmesh.Signing, func(files map[string]string) {
			for name := range files {
				if name != "trust/root-cert.pem" {
					delete(files, name)
				}
			}
		}, ""},
		{"they are made elsewhere", strings.Replace(testmesh.Signing, "spec:\n", "spec:\n  trust: {ca: {provider: external}}\n", 1), func(map[string]string) {}, ""},
		{"one signs nothing", strings.Replace(testmesh.Signing, "name: west,", "name: west, controlPlane: east,", 1), func(map[string]string) {}, "east until 2026-06-02"},
	} {
		files := map[string]string{}
		for name, text := range made {
			files[name] = text
		}
		test.change(files)
		_, ws := open(t, test.mesh, files)
		var known []string
		for _, fact := range ws.Certificates {
			switch {
			case fact.Missing:
				known = append(known, fact.Cluster+" missing")
			case fact.Problem != "":
				known = append(known, fact.Cluster+" refused")
			default:
				known = append(known, fact.Cluster+" until "+fact.NotAfter.Format(time.DateOnly))
			}
		}
		if got := strings.Join(known, ", "); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
		for name, bundle := range ws.Bundles {
			if !bundle.Key.IsZero() {
				t.Errorf("%s: a key of %s was read", test.name, name)
			}
		}
	}
}

// TestReadKeys: keys are read for those that get them, and a missing one says how to make it.
func TestReadKeys(t *testing.T) {
	const remedy = " | restore the file, or create a new key and certificate: kubectl mesh ca rotate --cluster west -f mesh.yaml; " +
		"if the key is in the cluster, set spec.trust.ca.keys: cluster"
	made, other := authority(t, "east", "west"), authority(t, "west")
	for _, test := range []struct {
		name, mesh, key string
		want            []string
		keyed           string
	}{
		{"both", testmesh.Signing, made["credentials/west/ca-key.pem"], nil, "east west"},
		{"one is missing", testmesh.Signing, "", []string{"west has certificates and no signing key" + remedy}, "east"},
		{"one is no key", testmesh.Signing, "hello", []string{"credentials/west/ca-key.pem: the signing key of west cannot be used: invalid PEM-encoded key" + remedy}, ""},
		{"one is of another certificate", testmesh.Signing, other["credentials/west/ca-key.pem"], []string{
			"credentials/west/ca-key.pem: the signing key of west cannot be used: the cert does not match the key: private key does not match public key" + remedy}, ""},
		{"the clusters have them", strings.Replace(testmesh.Signing, "spec:\n", "spec:\n  trust: {ca: {keys: cluster}}\n", 1), "", nil, ""},
	} {
		files := map[string]string{}
		for name, text := range made {
			files[name] = text
		}
		files["credentials/west/ca-key.pem"] = test.key
		if test.key == "" {
			delete(files, "credentials/west/ca-key.pem")
		}
		h, ws := open(t, test.mesh, files)
		bundles, missing, err := ws.ReadKeys(ws.Bundles, []string{"east", "west"})
		if diff := cmp.Diff(test.want, append(listed(h, err), missed(h, missing)...)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
		var keyed []string
		for _, name := range []string{"east", "west"} {
			if bundle := bundles[name]; !bundle.Key.IsZero() {
				keyed = append(keyed, name)
			}
		}
		if got := strings.Join(keyed, " "); got != test.keyed {
			t.Errorf("%s: keys of %q, want %q", test.name, got, test.keyed)
		}
	}
	_, ws := open(t, testmesh.Signing, made)
	bundles, _, err := ws.ReadKeys(ws.Bundles, []string{"east"})
	if east, west := bundles["east"], bundles["west"]; err != nil || east.Key.IsZero() || !west.Key.IsZero() {
		t.Errorf("for east alone: %v", err)
	}
}

func TestBundlesWith(t *testing.T) {
	_, ws := open(t, testmesh.Signing, authority(t, "east", "west"))
	all := ws.BundlesWith("west", trust.Bundle{Root: []byte("other")})
	if string(all["west"].Root) != "other" || string(ws.Bundles["west"].Root) == "other" || len(all["east"].Root) == 0 {
		t.Errorf("got %v", all)
	}
}

func TestProblems(t *testing.T) {
	h, ws := open(t, testmesh.Both, map[string]string{tokenFile: "two words", "credentials/east/west/token": ""})
	_, err := ws.ReadCredentials([]access.Pair{{Consumer: "east", Target: "west"}, {Consumer: "west", Target: "east"}})
	if diff := cmp.Diff([]string{"2 problems in credentials"}, h.Problems(err)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got, want := workspace.ListAll("shop.yaml"), "to list all of them: kubectl mesh validate -o json -f shop.yaml"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

package authority_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/internal/authority"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/testmesh"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

func agree(string) error { return nil }

// TestRequestSignImport over two sites: a key stays where it was made.
func TestRequestSignImport(t *testing.T) {
	site, root := newFixture(t, testmesh.Signing), newFixture(t, testmesh.Signing)
	root.must(root.open().Init(t.Context(), trust.P256, true))

	fingerprint, err := site.open().Request(t.Context(), "east", trust.P256)
	site.must(err)
	if diff := cmp.Diff([]string{"wrote trust/east/ca.csr"}, site.Messages); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
	request := site.Files()["trust/east/ca.csr"]
	again, err := site.open().Request(t.Context(), "east", trust.P384)
	if err != nil || again != fingerprint || !slices.Equal(site.Messages, []string{"east: using the existing key", "wrote trust/east/ca.csr"}) {
		t.Errorf("a second request: %s after %s, messages %q, %v", again, fingerprint, site.Messages, err)
	}

	compared := ""
	root.must(root.open().Sign(t.Context(), authority.SignInput{Cluster: "east", Request: []byte(request), Validity: year,
		Compare: func(shown string) error { compared = shown; return nil }}))
	if compared != fingerprint {
		t.Errorf("shown was %s, the site has %s", compared, fingerprint)
	}
	want := []string{"credentials/root-key.pem", "trust/east/ca-cert.pem", "trust/east/ca.csr", "trust/east/cert-chain.pem", "trust/root-cert.pem"}
	if diff := cmp.Diff(want, root.names()); diff != "" {
		t.Errorf("at the root (-want +got):\n%s", diff)
	}

	site.must(site.open().Import(t.Context(), authority.ImportInput{Cluster: "east", RootCA: []byte(root.Files()["trust/root-cert.pem"]),
		Files: map[string][]byte{"east.pem": []byte(root.Files()["trust/east/ca-cert.pem"])}}))
	site.checkBundle("east")
	if diff := cmp.Diff(root.Files()["trust/root-cert.pem"], site.Files()["trust/root-cert.pem"]); diff != "" {
		t.Errorf("the root (-sent +kept):\n%s", diff)
	}
}

// TestSignRefuses: nothing is signed that nobody has compared.
func TestSignRefuses(t *testing.T) {
	site, root := newFixture(t, testmesh.Signing), newFixture(t, testmesh.Signing)
	root.must(root.open().Init(t.Context(), trust.P256, true))
	_, err := site.open().Request(t.Context(), "east", trust.P256)
	site.must(err)
	request := []byte(site.Files()["trust/east/ca.csr"])
	before := root.Files()
	for name, test := range map[string]struct {
		in   authority.SignInput
		want string
	}{
		"nobody agrees": {authority.SignInput{Cluster: "east", Request: request, Validity: year,
			Compare: func(string) error { return errors.New("not signed") }}, "not signed"},
		"no request": {authority.SignInput{Cluster: "east", Validity: year, Compare: agree},
			`open "trust/east/ca.csr": no such file or directory | create it at the cluster's site: kubectl mesh ca request --cluster east -f mesh.yaml`},
		"text of another kind": {authority.SignInput{Cluster: "east", Request: []byte("hello"), Validity: year, Compare: agree},
			"read request: no PEM block of type CERTIFICATE REQUEST | use the file that kubectl mesh ca request writes"},
		"a private key beside it": {authority.SignInput{Cluster: "east", Request: slices.Concat(request, []byte(site.Files()["credentials/east/ca-key.pem"])),
			Validity: year, Compare: agree}, "read request: the file contains a private key: keys must stay where they are created, so create a new one | " +
			"create another key and request at the cluster's site: kubectl mesh ca request"},
	} {
		if said := root.Problems(root.open().Sign(t.Context(), test.in)); len(said) != 1 || said[0] != test.want {
			t.Errorf("%s: got %q, want %q", name, said, test.want)
		}
	}
	if diff := cmp.Diff(before, root.Files()); diff != "" {
		t.Errorf("written (-before +after):\n%s", diff)
	}
}

// TestImportDirectory takes both layouts of istiod, and refuses what istiod would.
func TestImportDirectory(t *testing.T) {
	made, other := issued(t, testmesh.Signing), issued(t, testmesh.Signing)
	dir := func(d *fixture, change func(map[string][]byte)) map[string][]byte {
		files := d.made("east")
		change(files)
		return files
	}
	for _, test := range []struct {
		name string
		dir  map[string][]byte
		want string
	}{
		{"as Istio's Makefile makes it", dir(made, func(map[string][]byte) {}), ""},
		{"as cert-manager makes it", dir(made, func(files map[string][]byte) {
			files["tls.crt"], files["tls.key"], files["ca.crt"] = files["cert-chain.pem"], files["ca-key.pem"], files["root-cert.pem"]
			for _, name := range []string{"ca-cert.pem", "cert-chain.pem", "ca-key.pem", "root-cert.pem"} {
				delete(files, name)
			}
		}), ""},
		{"the key of another one", dir(made, func(files map[string][]byte) {
			files["ca-key.pem"] = []byte(other.Files()["credentials/east/ca-key.pem"])
		}), "istiod would reject the certificates: the cert does not match the key: private key does not match public key | " +
			"use the key of the certificate, or get a certificate for this key"},
		{"without a root", dir(made, func(files map[string][]byte) { delete(files, "root-cert.pem") }),
			"incomplete signing CA bundle detected: root-cert.pem missing; found ca-cert.pem, ca-key.pem, cert-chain.pem | " +
				"add root-cert.pem to the directory, or name the file: --root-ca FILE"},
	} {
		d := newFixture(t, testmesh.Signing)
		err := d.open().Import(t.Context(), authority.ImportInput{Cluster: "east", Dir: test.dir})
		if test.want == "" {
			d.must(err)
			if diff := cmp.Diff([]string{`east: certificate "CN=shop east g1,O=shop", ECDSA P-256, until 2027-06-01`,
				"compare the fingerprint with the owner of the root over another channel; then, in mesh.yaml, add below spec: trust: {ca: {roots: [" +
					d.pins()[0] + "]}}"}, d.Messages); diff != "" {
				t.Errorf("%s: messages (-want +got):\n%s", test.name, diff)
			}
			d.checkBundle("east")
			continue
		}
		if said := d.Problems(err); len(said) != 1 || said[0] != test.want || !verdict.IsInput(err) || len(d.names()) > 0 {
			t.Errorf("%s: got %q, want %q; files %v", test.name, said, test.want, d.names())
		}
	}
}

// TestImportAnswer: the answer to a request, without a request or without a root.
func TestImportAnswer(t *testing.T) {
	root := issued(t, testmesh.Signing)
	answer := map[string][]byte{"a.pem": []byte(root.Files()["trust/east/ca-cert.pem"])}
	for name, test := range map[string]struct {
		in   authority.ImportInput
		want string
	}{
		"no root": {authority.ImportInput{Cluster: "east", Files: answer}, "the certificates do not include a root | specify it: --root-ca FILE"},
		"no request": {authority.ImportInput{Cluster: "east", Files: answer, RootCA: []byte(root.Files()["trust/root-cert.pem"])},
			"there is neither a key nor a request for east here | specify a directory with ca-key.pem, or create a request first: kubectl mesh ca request --cluster east -f mesh.yaml"},
	} {
		d := newFixture(t, testmesh.Signing)
		if said := d.Problems(d.open().Import(t.Context(), test.in)); len(said) != 1 || said[0] != test.want || len(d.names()) > 0 {
			t.Errorf("%s: got %q, want %q; files %v", name, said, test.want, d.names())
		}
	}
	d := newFixture(t, testmesh.Signing)
	_, err := d.open().Request(t.Context(), "east", trust.P256)
	d.must(err)
	answer["root.pem"] = []byte(root.Files()["trust/root-cert.pem"])
	said := d.Problems(d.open().Import(t.Context(), authority.ImportInput{Cluster: "east", Files: answer}))
	if want := "the cert does not match the key: no certificate is for the key of the request | " +
		"import the certificate that was issued for the current request, trust/CLUSTER/ca.csr"; len(said) != 1 || said[0] != want {
		t.Errorf("the answer to another request: got %q, want %q", said, want)
	}
}

// TestReissue: a new key where the key is here, the same one where it is elsewhere.
func TestReissue(t *testing.T) {
	d := issued(t, testmesh.Signing)
	before := d.Files()
	d.must(d.open().Reissue(t.Context(), authority.Members{Cluster: "east"}, trust.P256, year))
	if got := d.subjects("trust/east/ca-cert.pem"); got != "shop east g2" || d.Files()["credentials/east/ca-key.pem"] == before["credentials/east/ca-key.pem"] {
		t.Errorf("got %q, and the old key", got)
	}
	d.checkBundle("east")
	if d.subjects("trust/west/ca-cert.pem") != "shop west g1" {
		t.Error("west has another certificate too")
	}

	d.atSites()
	public := d.certificates("trust/west/ca-cert.pem")[0].PublicKey
	d.must(d.open().Reissue(t.Context(), authority.Members{Cluster: "west"}, trust.P256, year))
	renewed := d.certificates("trust/west/ca-cert.pem")[0]
	if renewed.Subject.CommonName != "shop west g2" || !cmp.Equal(public, renewed.PublicKey) {
		t.Errorf("got %q with the key %v, want that of before", renewed.Subject.CommonName, renewed.PublicKey)
	}

	bare := newFixture(t, testmesh.Signing)
	bare.must(bare.open().Init(t.Context(), trust.P256, true))
	bare.Write("trust/east/ca.csr", "a request")
	want := []string{"east has no certificate, and its key is at another site | run kubectl mesh ca request at the cluster's site; then here: " +
		"kubectl mesh ca sign --cluster east -f mesh.yaml"}
	if diff := cmp.Diff(want, bare.Problems(bare.open().Reissue(t.Context(), authority.Members{Cluster: "east"}, trust.P256, year))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	// A request is signed by its own command, which shows its fingerprint.
	want = []string{"east has a pending certificate request: its key is at another site | kubectl mesh ca sign --cluster east -f mesh.yaml"}
	if diff := cmp.Diff(want, bare.Problems(bare.open().Issue(t.Context(), authority.Members{Cluster: "east"}, trust.P256, year))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	bare.Write("credentials/east/ca-key.pem", "the key of the request")
	want = []string{"east has a pending certificate request, and its key is in this workspace | kubectl mesh ca sign --cluster east -f mesh.yaml"}
	if diff := cmp.Diff(want, bare.Problems(bare.open().Issue(t.Context(), authority.Members{Cluster: "east"}, trust.P256, year))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	bare.must(bare.open().Issue(t.Context(), authority.Members{All: true}, trust.P256, year))
	if want := "east: its certificate request is pending; sign it: kubectl mesh ca sign --cluster east -f mesh.yaml"; bare.Messages[0] != want {
		t.Errorf("got %q, want %q", bare.Messages, want)
	}
}

// TestIssueAfterALocalRequest: the command that is printed has the fingerprint of the key, which is here.
func TestIssueAfterALocalRequest(t *testing.T) {
	d := newFixture(t, testmesh.Signing)
	d.must(d.open().Init(t.Context(), trust.P256, true))
	fingerprint, err := d.open().Request(t.Context(), "east", trust.P256)
	d.must(err)
	command := "kubectl mesh ca sign --cluster east --fingerprint " + fingerprint + " -f mesh.yaml"
	want := []string{"east has a pending certificate request, and its key is in this workspace | " + command}
	if diff := cmp.Diff(want, d.Problems(d.open().Issue(t.Context(), authority.Members{Cluster: "east"}, trust.P256, year))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	d.must(d.open().Issue(t.Context(), authority.Members{All: true}, trust.P256, year))
	if want := "east: its certificate request is pending; sign it: " + command; !slices.Contains(d.Messages, want) {
		t.Errorf("got %q, want %q", d.Messages, want)
	}
}

package authority_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/internal/authority"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/testmesh"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// TestRefusedFiles: a file that is not what its name says stops each command, by its name, before anything is written.
func TestRefusedFiles(t *testing.T) {
	issue := func(d *fixture) error {
		return d.open().Issue(t.Context(), authority.Members{Cluster: "east"}, trust.P256, year)
	}
	reissue := func(d *fixture) error {
		return d.open().Reissue(t.Context(), authority.Members{Cluster: "east"}, trust.P256, year)
	}
	request := func(d *fixture) error {
		_, err := d.open().Request(t.Context(), "east", trust.P256)
		return err
	}
	trustRoots := func(text string) func(*fixture) error {
		return func(d *fixture) error {
			return d.open().TrustRoots(t.Context(), map[string][]byte{"theirs.pem": []byte(text)})
		}
	}
	for name, test := range map[string]struct {
		prepare func(*fixture)
		do      func(*fixture) error
		want    string // begins the only error
		isInput bool
	}{
		"a root that is none": {prepare: func(d *fixture) { d.Write("trust/root-cert.pem", "hello") }, do: issue,
			want: "read trust/root-cert.pem: invalid PEM encoded certificate"},
		"a root key that is none": {prepare: func(d *fixture) { d.Write("credentials/root-key.pem", "hello") }, do: issue,
			want: "read credentials/root-key.pem: invalid PEM-encoded key"},
		"the key of another root": {prepare: func(d *fixture) {
			d.Write("credentials/root-key.pem", issued(t, testmesh.Signing).Files()["credentials/root-key.pem"])
		}, do: issue, want: "issue certificate: the key does not match the root certificate"},
		"a key of a cluster that is none": {prepare: func(d *fixture) { d.Write("credentials/east/ca-key.pem", "hello") }, do: request,
			want: "read credentials/east/ca-key.pem: invalid PEM-encoded key"},
		"the root in place of a certificate that is to be renewed": {prepare: func(d *fixture) {
			d.atSites()
			d.Write("trust/east/ca-cert.pem", d.Files()["trust/root-cert.pem"])
			d.Write("trust/east/cert-chain.pem", d.Files()["trust/root-cert.pem"])
		}, do: reissue, want: "issue certificate of east: the key is the root's key: a cluster requires its own"},
		"a certificate that is to be renewed and is none": {prepare: func(d *fixture) {
			d.atSites()
			d.Write("trust/east/ca-cert.pem", "hello")
		}, do: reissue, want: "renew the certificate of east: "},
		"no root to add one to": {prepare: func(d *fixture) { d.forget("trust/root-cert.pem") }, do: trustRoots("hello"), isInput: true,
			want: "the mesh has no root yet | create it: kubectl mesh ca init -f mesh.yaml"},
		"a root to be added that is none": {prepare: func(*fixture) {}, do: trustRoots("hello"), isInput: true,
			want: "read theirs.pem: invalid PEM encoded certificate"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newFixture(t, testmesh.Signing)
			d.must(d.open().Init(t.Context(), trust.P256, true))
			test.prepare(d)
			before := d.Files()
			err := test.do(d)
			if said := d.Problems(err); len(said) != 1 || !strings.HasPrefix(said[0], test.want) || verdict.IsInput(err) != test.isInput {
				t.Errorf("said %q, want %q", said, test.want)
			}
			if diff := cmp.Diff(before, d.Files()); diff != "" {
				t.Errorf("written (-before +after):\n%s", diff)
			}
		})
	}
}

// TestImportNames the file that is wrong among several, and takes roots that are named before those in a directory.
func TestImportNames(t *testing.T) {
	made, other := issued(t, testmesh.Signing), issued(t, testmesh.Signing)
	root := []byte(made.Files()["trust/root-cert.pem"])
	manager := func() map[string][]byte {
		return map[string][]byte{"tls.crt": []byte(made.Files()["trust/east/cert-chain.pem"]), "tls.key": []byte(made.Files()["credentials/east/ca-key.pem"]),
			"ca.crt": []byte(other.Files()["trust/root-cert.pem"])}
	}
	empty := manager()
	empty["ca.crt"] = []byte("\n")
	for name, test := range map[string]struct {
		in   authority.ImportInput
		want string // begins the only error
	}{
		"the second file is none": {in: authority.ImportInput{Cluster: "east", RootCA: root, Files: map[string][]byte{
			"a.pem": []byte(made.Files()["trust/east/ca-cert.pem"]), "b.pem": []byte("hello")}}, want: "read b.pem: invalid PEM encoded certificate"},
		"the root of another mesh, and the right one is named": {in: authority.ImportInput{Cluster: "east", Dir: manager(), RootCA: root}},
		"the root of another mesh":                             {in: authority.ImportInput{Cluster: "east", Dir: manager()}, want: "istiod would reject the certificates: "},
		"an empty file for a root": {in: authority.ImportInput{Cluster: "east", Dir: empty},
			want: "incomplete signing CA bundle detected: ca.crt missing"},
		"an empty directory": {in: authority.ImportInput{Cluster: "east", Dir: map[string][]byte{}}, want: ""},
	} {
		t.Run(name, func(t *testing.T) {
			d := newFixture(t, testmesh.Signing)
			err := d.open().Import(t.Context(), test.in)
			if strings.HasSuffix(name, "is named") {
				d.must(err)
				d.checkBundle("east")
				return
			}
			if said := d.Problems(err); len(said) != 1 || !strings.HasPrefix(said[0], test.want) || !verdict.IsInput(err) || len(d.names()) > 0 {
				t.Errorf("said %q, want %q; files %v", said, test.want, d.names())
			}
		})
	}
}

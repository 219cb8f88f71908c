package authority_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"filippo.io/age/armor"
	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/internal/authority"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/testmesh"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// remote adds a cluster that east serves: it signs nothing.
const remote = testmesh.Signing + "  - {name: edge, controlPlane: east, api: {server: 'https://203.0.113.3'}}\n"

func TestOpen(t *testing.T) {
	d := newFixture(t, testmesh.Mesh+"  trust: {ca: {provider: external}}\n  reader: {allowNonExpiring: true}\n  clusters:\n"+testmesh.East)
	ws, _ := d.Open()
	_, err := authority.Open(authority.Input{Workspace: ws})
	want := []string{"spec.trust.ca.provider is external: the certificates are not in this workspace | " +
		"set spec.trust.ca.provider: files, or manage the certificates with external"}
	if diff := cmp.Diff(want, d.Problems(err)); diff != "" || !verdict.IsInput(err) {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestInit: a root and its key, and never a second one over it.
func TestInit(t *testing.T) {
	d := newFixture(t, testmesh.Signing)
	d.must(d.open().Init(t.Context(), trust.P256, true))
	if diff := cmp.Diff([]string{"credentials/root-key.pem", "trust/root-cert.pem"}, d.names()); diff != "" {
		t.Fatalf("files (-want +got):\n%s", diff)
	}
	if got := d.subjects("trust/root-cert.pem"); got != "shop root CA g1" {
		t.Errorf("the root is %q", got)
	}
	pin := trust.Fingerprint(d.certificates("trust/root-cert.pem")[0])
	want := []string{
		`wrote trust/root-cert.pem: root "shop root CA g1", valid until 2036-05-29, SHA-256 ` + pin,
		"wrote credentials/root-key.pem: keep an offline copy",
		"in mesh.yaml, add below spec: trust: {ca: {roots: [" + pin + "]}}"}
	if diff := cmp.Diff(want, d.Messages); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}

	before := d.Files()
	want = []string{"a root already exists: trust/root-cert.pem | change it without an interruption: kubectl mesh ca rotate --root -f mesh.yaml"}
	if diff := cmp.Diff(want, d.Problems(d.open().Init(t.Context(), trust.P256, true))); diff != "" {
		t.Errorf("a second root (-want +got):\n%s", diff)
	}
	other := newFixture(t, testmesh.Signing)
	other.Write("credentials/root-key.pem.age", "sealed")
	want = []string{"a root key already exists: credentials/root-key.pem.age | restore trust/root-cert.pem of that key, or move the key away"}
	if diff := cmp.Diff(want, other.Problems(other.open().Init(t.Context(), trust.P256, true))); diff != "" {
		t.Errorf("a key without its root (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(before, d.Files()); diff != "" || len(other.names()) != 1 {
		t.Errorf("written all the same: %v, %s", other.names(), diff)
	}
}

// TestInitWithPassphrase: the key is nowhere in clear, and without a passphrase there is no root.
func TestInitWithPassphrase(t *testing.T) {
	d := newFixture(t, testmesh.Signing)
	if err := d.open().Init(t.Context(), trust.P256, false); err == nil || len(d.names()) > 0 {
		t.Errorf("nobody gives a passphrase: got %v and %v", err, d.names())
	}
	d.passphrase = []byte("correct horse")
	d.must(d.open().Init(t.Context(), trust.P256, false))
	if diff := cmp.Diff([]string{"credentials/root-key.pem.age", "trust/root-cert.pem"}, d.names()); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	for name, text := range d.Files() {
		if strings.Contains(text, "PRIVATE KEY") {
			t.Errorf("%s holds a key in the clear", name)
		}
	}
	if diff := cmp.Diff([]string{"the new root key, twice", "the new root key, twice"}, d.asked); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
}

// seal puts the root key under a passphrase that is quick to try.
func (d *fixture) seal(passphrase string) {
	d.t.Helper()
	recipient, err := age.NewScryptRecipient(passphrase)
	d.must(err)
	recipient.SetWorkFactor(1)
	var sealed bytes.Buffer
	armored := armor.NewWriter(&sealed)
	writer, err := age.Encrypt(armored, recipient)
	d.must(err)
	_, err = writer.Write([]byte(d.Files()["credentials/root-key.pem"]))
	d.must(errors.Join(err, writer.Close(), armored.Close()))
	d.Write("credentials/root-key.pem.age", sealed.String())
	d.forget("credentials/root-key.pem")
}

func TestPassphrase(t *testing.T) {
	d := newFixture(t, testmesh.Signing)
	d.must(d.open().Init(t.Context(), trust.P256, true))
	d.seal("correct horse")
	before := d.names()
	for _, test := range []struct{ typed, want string }{
		{"", "nobody is there"},
		{"battery staple", "read credentials/root-key.pem.age: decrypt key: the passphrase is wrong, or the file is damaged | " +
			"try again; without the passphrase the key is lost, and the mesh requires a new root"},
	} {
		if d.passphrase, d.asked = nil, nil; test.typed != "" {
			d.passphrase = []byte(test.typed)
		}
		said := d.Problems(d.open().Issue(t.Context(), authority.Members{All: true}, trust.P256, year))
		if len(said) != 1 || said[0] != test.want || !slices.Equal(d.asked, []string{"credentials/root-key.pem.age"}) {
			t.Errorf("passphrase %q: asked %q, got %q, want %q", test.typed, d.asked, said, test.want)
		}
	}
	if diff := cmp.Diff(before, d.names()); diff != "" {
		t.Errorf("written without the passphrase (-before +after):\n%s", diff)
	}
	d.passphrase = []byte("correct horse")
	d.must(d.open().Issue(t.Context(), authority.Members{All: true}, trust.P256, year))
	d.checkBundle("east")
}

// TestIssue: a key and a certificate for each cluster that signs, once.
func TestIssue(t *testing.T) {
	d := newFixture(t, remote)
	if said := d.Problems(d.open().Issue(t.Context(), authority.Members{All: true}, trust.P256, year)); !slices.Equal(said, []string{
		"no root certificate in trust/root-cert.pem | create one: kubectl mesh ca init -f mesh.yaml; or import your own: kubectl mesh ca import"}) {
		t.Errorf("without a root: %q", said)
	}
	d.must(d.open().Init(t.Context(), trust.P256, true))
	d.must(d.open().Issue(t.Context(), authority.Members{Cluster: "east"}, trust.P384, year))
	if diff := cmp.Diff([]string{`east: certificate "CN=shop east g1,O=shop", ECDSA P-384, until 2027-06-01`}, d.Messages); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
	first := d.Files()["trust/east/ca-cert.pem"]
	d.must(d.open().Issue(t.Context(), authority.Members{All: true}, trust.P256, year))
	if diff := cmp.Diff([]string{`west: certificate "CN=shop west g1,O=shop", ECDSA P-256, until 2027-06-01`}, d.Messages); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
	want := []string{"credentials/east/ca-key.pem", "credentials/root-key.pem", "credentials/west/ca-key.pem", "trust/east/ca-cert.pem",
		"trust/east/cert-chain.pem", "trust/root-cert.pem", "trust/west/ca-cert.pem", "trust/west/cert-chain.pem"}
	if diff := cmp.Diff(want, d.names()); diff != "" || d.Files()["trust/east/ca-cert.pem"] != first {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	d.checkBundle("east")
	d.checkBundle("west")
	d.must(d.open().Issue(t.Context(), authority.Members{All: true}, trust.P256, year))
	if diff := cmp.Diff([]string{"every cluster already has a certificate"}, d.Messages); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}

	for cluster, want := range map[string]string{
		"east": "east already has a certificate | to replace it: kubectl mesh ca rotate --cluster east -f mesh.yaml",
		"edge": "edge signs no certificates: another cluster's control plane serves its workloads | specify a cluster that has a control plane",
		"eats": `no cluster "eats" in mesh.yaml | did you mean east?`,
	} {
		if said := d.Problems(d.open().Issue(t.Context(), authority.Members{Cluster: cluster}, trust.P256, year)); len(said) != 1 || said[0] != want {
			t.Errorf("%s: got %q, want %q", cluster, said, want)
		}
	}
}

// TestIssueWithoutTheKey: the root is here, and its key is where it belongs.
func TestIssueWithoutTheKey(t *testing.T) {
	d := newFixture(t, testmesh.Signing)
	d.must(d.open().Init(t.Context(), trust.P256, true))
	d.forget("credentials/root-key.pem")
	want := []string{"the root key is not in credentials | restore credentials/root-key.pem.age, or send a request to the owner of the key: kubectl mesh ca request"}
	if diff := cmp.Diff(want, d.Problems(d.open().Issue(t.Context(), authority.Members{All: true}, trust.P256, year))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestStatus: what is to be said of each certificate.
func TestStatus(t *testing.T) {
	d := issued(t, remote)
	states := func(within time.Duration) string {
		t.Helper()
		report, err := d.open().Status(within)
		if err != nil {
			t.Fatal(err)
		}
		line := string(report.Phase)
		for _, one := range slices.Concat(report.Roots, report.Clusters) {
			line += " | " + one.Cluster + " " + one.State
			if one.Reason != "" {
				line += ": " + one.Reason
			}
		}
		return line
	}
	if got, want := states(0), "steady |  ok | east ok | west ok"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := states(year), "steady |  ok | east expiring | west expiring"; got != want {
		t.Errorf("within a year: got %q, want %q", got, want)
	}
	d.forget("trust/west/ca-cert.pem", "trust/west/cert-chain.pem")
	d.Write("trust/east/ca-cert.pem", d.Files()["trust/root-cert.pem"])
	if got := states(0); !strings.HasPrefix(got, "steady |  ok | east refused: ") || !strings.HasSuffix(got, " | west missing") {
		t.Errorf("got %q", got)
	}
	d.Write("trust/east/ca-cert.pem", "no certificate")
	if got := states(0); !strings.HasPrefix(got, "steady |  ok | east refused: read ca-cert.pem: ") {
		t.Errorf("got %q", got)
	}
	ws, _ := d.Open()
	late, err := authority.Open(authority.Input{Workspace: ws, Now: day.Add(20 * year)})
	d.must(err)
	report, err := late.Status(0)
	if err != nil || report.Roots[0].State != "expired" {
		t.Errorf("in twenty years: got %v, %v", report, err)
	}
}

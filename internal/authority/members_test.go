package authority_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/internal/authority"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/testmesh"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// TestMembers: every command takes the clusters that sign with a certificate of ours, and refuses others alike.
func TestMembers(t *testing.T) {
	d := issued(t, remote)
	agreed := func(cluster string) authority.SignInput {
		return authority.SignInput{Cluster: cluster, Validity: year, Compare: agree}
	}
	commands := map[string]func(cluster string) error{
		"issue": func(cluster string) error {
			return d.open().Issue(t.Context(), authority.Members{Cluster: cluster}, trust.P256, year)
		},
		"reissue": func(cluster string) error {
			return d.open().Reissue(t.Context(), authority.Members{Cluster: cluster}, trust.P256, year)
		},
		"request": func(cluster string) error {
			_, err := d.open().Request(t.Context(), cluster, trust.P256)
			return err
		},
		"sign": func(cluster string) error { return d.open().Sign(t.Context(), agreed(cluster)) },
		"import": func(cluster string) error {
			return d.open().Import(t.Context(), authority.ImportInput{Cluster: cluster})
		},
	}
	before := d.Files()
	for name, command := range commands {
		for cluster, want := range map[string]string{
			"edge": "edge signs no certificates: another cluster's control plane serves its workloads | specify a cluster that has a control plane",
			"eats": `no cluster "eats" in mesh.yaml | did you mean east?`,
			"moon": `no cluster "moon" in mesh.yaml | the clusters are east, edge, west`,
			"":     `no cluster "" in mesh.yaml | the clusters are east, edge, west`,
		} {
			err := command(cluster)
			if said := d.Problems(err); len(said) != 1 || said[0] != want || !verdict.IsInput(err) {
				t.Errorf("%s %q: got %q, want %q", name, cluster, said, want)
			}
		}
	}
	if diff := cmp.Diff(before, d.Files()); diff != "" {
		t.Errorf("written (-before +after):\n%s", diff)
	}
}

// TestIssueWithPendingRequests: a cluster that has a pending certificate request gets no key from here.
func TestIssueWithPendingRequests(t *testing.T) {
	for name, test := range map[string]struct {
		forget     bool // the key is elsewhere
		want, sign string
	}{
		"its key is here": {
			want: "east has a pending certificate request, and its key is in this workspace",
			sign: "kubectl mesh ca sign --cluster east --fingerprint FINGERPRINT -f mesh.yaml",
		},
		"its key is elsewhere": {
			forget: true, want: "east has a pending certificate request: its key is at another site",
			sign: "kubectl mesh ca sign --cluster east -f mesh.yaml",
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := newFixture(t, testmesh.Signing)
			d.must(d.open().Init(t.Context(), trust.P256, true))
			fingerprint, err := d.open().Request(t.Context(), "east", trust.P256)
			d.must(err)
			sign := strings.Replace(test.sign, "FINGERPRINT", fingerprint, 1)
			if test.forget {
				d.forget("credentials/east/ca-key.pem")
			}
			said := d.Problems(d.open().Issue(t.Context(), authority.Members{Cluster: "east"}, trust.P256, year))
			if want := test.want + " | " + sign; !slices.Equal(said, []string{want}) {
				t.Errorf("got %q, want %q", said, want)
			}

			// With all the others it is ignored, and said.
			d.must(d.open().Issue(t.Context(), authority.Members{All: true}, trust.P256, year))
			want := []string{"east: its certificate request is pending; sign it: " + sign,
				`west: certificate "CN=shop west g1,O=shop", ECDSA P-256, until 2027-06-01`}
			if diff := cmp.Diff(want, d.Messages); diff != "" {
				t.Errorf("messages (-want +got):\n%s", diff)
			}
			if slices.Contains(d.names(), "trust/east/ca-cert.pem") {
				t.Error("east got a certificate for another key than the one of its request")
			}
		})
	}
}

// TestKeyTypes: each kind of key is one that istiod takes, and the certificate says which it is.
func TestKeyTypes(t *testing.T) {
	for kind, want := range map[trust.KeyType]string{
		trust.P256: "ECDSA P-256", trust.P384: "ECDSA P-384", trust.RSA4096: "RSA 4096",
	} {
		t.Run(string(kind), func(t *testing.T) {
			d := newFixture(t, testmesh.Signing)
			d.must(d.open().Init(t.Context(), trust.P256, true))
			d.must(d.open().Issue(t.Context(), authority.Members{Cluster: "east"}, kind, year))
			d.checkBundle("east")
			report, err := d.open().Status(0)
			d.must(err)
			if got := report.Clusters[0].Algorithm; got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

// TestGenerations: each certificate of a cluster says that it is the next one, also over the same key, and a broken one
// begins again.
func TestGenerations(t *testing.T) {
	d := issued(t, testmesh.Signing)
	again := func() {
		t.Helper()
		d.must(d.open().Reissue(t.Context(), authority.Members{Cluster: "east"}, trust.P256, year))
	}
	for _, want := range []string{"shop east g2", "shop east g3"} {
		if again(); d.subjects("trust/east/ca-cert.pem") != want {
			t.Errorf("got %q, want %q", d.subjects("trust/east/ca-cert.pem"), want)
		}
	}
	d.Write("trust/east/ca-cert.pem", "no certificate")
	if again(); d.subjects("trust/east/ca-cert.pem") != "shop east g1" {
		t.Errorf("after a broken one: got %q", d.subjects("trust/east/ca-cert.pem"))
	}
	if got := d.subjects("trust/west/ca-cert.pem"); got != "shop west g1" {
		t.Errorf("west has changed too: %q", got)
	}
	d.checkBundle("east")
}

// TestReissueElsewhere: where the key of a cluster is elsewhere, its certificate is renewed over the same public key.
func TestReissueElsewhere(t *testing.T) {
	d := issued(t, testmesh.Signing)
	before := d.certificates("trust/east/ca-cert.pem")[0]
	d.atSites()
	d.forget("credentials/east/ca-key.pem")
	d.must(d.open().Reissue(t.Context(), authority.Members{Cluster: "east"}, trust.RSA4096, year))
	after := d.certificates("trust/east/ca-cert.pem")[0]
	public, err := trust.KeyFingerprint(before.PublicKey)
	d.must(err)
	if got, err := trust.KeyFingerprint(after.PublicKey); err != nil || got != public {
		t.Errorf("the key has changed: %s, %v", got, err)
	}
	if got, want := after.Subject.CommonName, "shop east g2"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if slices.Contains(d.names(), "credentials/east/ca-key.pem") {
		t.Error("a key was made here")
	}
}

// TestAbortReadsTheTree: a tree says with which certificate a cluster signs; one that cannot be read stops, and one that
// does not exist does not.
func TestAbortReadsTheTree(t *testing.T) {
	const overlay = "deploy/overlays/east/namespace.yaml"
	for name, test := range map[string]struct {
		text string // of the overlay
		want string
	}{
		"another certificate": {
			text: "metadata:\n  annotations:\n    kubectl-mesh.dev/signing-certificate-sha256: \"" + strings.Repeat("0", 64) + "\"\n",
			want: overlay + " contains a signing certificate for east that differs from trust",
		},
		"the text in a comment is no annotation": {text: "# kubectl-mesh.dev/signing-certificate-sha256: 00\nmetadata: {}\n"},
		"another annotation":                     {text: "metadata: {annotations: {a: signing-certificate-sha256}}\n"},
		"no YAML":                                {text: "metadata: [", want: overlay + ": read rendered namespace: "},
	} {
		t.Run(name, func(t *testing.T) {
			d := issued(t, testmesh.Signing)
			d.render()
			d.must(d.rotate())
			d.Write(overlay, test.text)
			said := d.Problems(d.abort())
			if test.want == "" {
				if len(said) > 0 || d.state() != "steady: g1, east g1 under g1, west g1 under g1" {
					t.Errorf("got %q, %s", said, d.state())
				}
				return
			}
			if len(said) != 1 || !strings.HasPrefix(said[0], test.want) {
				t.Errorf("got %q, want %q", said, test.want)
			}
			if got := d.state(); !strings.HasPrefix(got, "trust: ") {
				t.Errorf("it went back: %s", got)
			}
		})
	}
}

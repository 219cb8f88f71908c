package authority_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/internal/authority"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/testmesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// rotate goes to the next phase, or back, as far as files show.
func (d *fixture) rotate() error {
	d.t.Helper()
	return d.open().RotateRoot(d.t.Context(), d.rotation())
}

func (d *fixture) abort() error {
	d.t.Helper()
	return d.open().AbortRotation(d.t.Context(), d.rotation())
}

func (d *fixture) rotation() authority.RotateInput {
	ws, _ := d.Open()
	return authority.RotateInput{Tree: ws.Path("deploy"), KeyType: trust.P256, NoPassphrase: true, Validity: year,
		WorkloadsRenewed: true}
}

// state is the phase, the roots, and under which one each cluster signs.
func (d *fixture) state() string {
	d.t.Helper()
	report, err := d.open().Status(0)
	d.must(err)
	state := string(report.Phase) + ":"
	for _, root := range report.Roots {
		state += " " + short(root.Subject)
	}
	for _, cluster := range report.Clusters {
		state += ", " + short(cluster.Subject) + " under " + short(cluster.Issuer)
	}
	return state
}

func short(subject string) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(subject, "CN=shop "), ",")
	return strings.TrimPrefix(name, "root CA ")
}

// keys are the keys of roots that are here.
func (d *fixture) keys() string {
	var keys []string
	for _, name := range d.names() {
		if file, ok := strings.CutPrefix(name, "credentials/"); ok && strings.Contains(file, "root-key.pem") {
			keys = append(keys, file)
		}
	}
	return strings.Join(keys, " ")
}

// pins are the fingerprints of the roots.
func (d *fixture) pins() []string {
	d.t.Helper()
	var pins []string
	for _, root := range d.certificates("trust/root-cert.pem") {
		pins = append(pins, trust.Fingerprint(root))
	}
	return pins
}

// TestRotateRoot: three phases, each of which begins when the tree shows the one before.
func TestRotateRoot(t *testing.T) {
	d := issued(t, testmesh.Signing)
	d.render()
	const renderFirst = "render it, commit and apply it before the next phase: kubectl mesh render --output-dir deploy -f mesh.yaml"
	const apply = "render the tree, and commit it with trust: kubectl mesh render --output-dir deploy -f mesh.yaml; apply it: kubectl mesh render --apply -f mesh.yaml; "
	for _, phase := range []struct {
		name, state, keys string
		messages          []string
	}{
		{"trust", "trust: g1 g2, east g1 under g1, west g1 under g1", "next-root-key.pem root-key.pem", []string{
			`phase trust: root "shop root CA g2" is trusted in addition to "shop root CA g1"`,
			apply + "restart every istiod that runs without ISTIO_MULTIROOT_MESH; then: kubectl mesh ca rotate --root -f mesh.yaml"}},
		{"sign", "sign: g1 g2, east g2 under g2, west g2 under g2", "next-root-key.pem root-key.pem", []string{
			`east: certificate "CN=shop east g2,O=shop", ECDSA P-256, until 2027-06-01`, `west: certificate "CN=shop west g2,O=shop", ECDSA P-256, until 2027-06-01`,
			`every cluster signs under "shop root CA g2"`,
			apply + "workloads have certificates under the new root after one certificate lifetime; then: kubectl mesh ca rotate --root -f mesh.yaml"}},
		{"drop", "steady: g2, east g2 under g2, west g2 under g2", "former-root-key.pem root-key.pem", []string{
			"phase drop: the old root is no longer trusted; destroy its key, credentials/former-root-key.pem, once this is applied to all clusters",
			apply + "kubectl mesh ca status -f mesh.yaml shows the result"}},
	} {
		if err := d.rotate(); err != nil {
			t.Fatalf("%s: %v", phase.name, d.Problems(err))
		}
		if phase.name != "sign" { // the roots are others, and have to be pinned before a rendering
			phase.messages = slices.Insert(phase.messages, 1, "in mesh.yaml, add below spec: trust: {ca: {roots: ["+strings.Join(d.pins(), ", ")+"]}}")
		}
		if diff := cmp.Diff(phase.messages, d.Messages); diff != "" {
			t.Errorf("%s: messages (-want +got):\n%s", phase.name, diff)
		}
		if state, keys := d.state(), d.keys(); state != phase.state || keys != phase.keys {
			t.Errorf("%s: got %q with keys %q, want %q with %q", phase.name, state, keys, phase.state, phase.keys)
		}
		d.checkBundle("east")
		d.checkBundle("west")
		before := d.Files()
		said := d.Problems(d.rotate())
		if len(said) != 1 || !strings.HasPrefix(said[0], "deploy is not what mesh.yaml and trust render: ") ||
			!strings.HasSuffix(said[0], " | "+renderFirst) {
			t.Errorf("%s: the next phase with an old tree: %q", phase.name, said)
		}
		if diff := cmp.Diff(before, d.Files()); diff != "" {
			t.Errorf("%s: the next phase with an old tree wrote (-before +after):\n%s", phase.name, diff)
		}
		d.render()
	}
}

// TestRotateRootUnderPassphrase: the file that is to be destroyed is called as it is there.
func TestRotateRootUnderPassphrase(t *testing.T) {
	d := issued(t, testmesh.Signing)
	d.render()
	d.must(d.rotate())
	d.render()
	d.must(d.rotate())
	d.render()
	d.seal("correct horse")
	d.must(d.rotate())
	const former = "credentials/former-root-key.pem.age"
	if want := "phase drop: the old root is no longer trusted; destroy its key, " + former +
		", once this is applied to all clusters"; !slices.Contains(d.Messages, want) {
		t.Errorf("got %q, want %q", d.Messages, want)
	}
	if _, there := d.Files()[former]; !there {
		t.Errorf("there is no %s", former)
	}
}

// TestAbort takes back one phase at a time.
func TestAbort(t *testing.T) {
	d := issued(t, testmesh.Signing)
	d.render()
	steady := d.Files()["trust/root-cert.pem"]
	if said := d.Problems(d.abort()); len(said) != 1 || said[0] != "no root rotation is in progress | kubectl mesh ca status -f mesh.yaml shows it" {
		t.Errorf("before it has begun: %q", said)
	}
	d.must(d.rotate())
	d.render()
	d.must(d.rotate())
	d.must(d.abort()) // from sign
	if got, want := d.state(), "trust: g1 g2, east g3 under g1, west g3 under g1"; got != want {
		t.Errorf("back from sign: got %q, want %q", got, want)
	}

	// The tree still says that they sign under the new one: who has applied it would be cut off.
	d.render()
	overlay := d.Files()["deploy/overlays/east/namespace.yaml"]
	shown := trust.Fingerprint(d.certificates("trust/east/ca-cert.pem")[0])
	if !strings.Contains(overlay, shown) {
		t.Fatalf("the overlay does not show certificate %s:\n%s", shown, overlay)
	}
	d.Write("deploy/overlays/east/namespace.yaml", strings.ReplaceAll(overlay, shown, strings.Repeat("0", 64)))
	want := []string{"deploy/overlays/east/namespace.yaml contains a signing certificate for east that differs from trust | render, commit and apply the previous phase: " +
		"kubectl mesh render --output-dir deploy -f mesh.yaml; kubectl mesh render --apply -f mesh.yaml"}
	if diff := cmp.Diff(want, d.Problems(d.abort())); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	d.Write("deploy/overlays/east/namespace.yaml", overlay)

	d.must(d.abort()) // from trust
	if got, want := d.state(), "steady: g1, east g3 under g1, west g3 under g1"; got != want || d.Files()["trust/root-cert.pem"] != steady {
		t.Errorf("back from trust: got %q, want %q and the file of before", got, want)
	}
	if got, want := d.keys(), "former-root-key.pem root-key.pem"; got != want {
		t.Errorf("keys: got %q, want %q", got, want)
	}
}

// TestRotationStops where a cluster would be cut off, or where a key would be lost.
func TestRotationStops(t *testing.T) {
	const render = "kubectl mesh render --output-dir deploy -f mesh.yaml"
	for _, test := range []struct {
		name    string
		prepare func(*fixture)
		want    string
	}{
		{"nothing shows the phase before", func(d *fixture) { d.must(d.rotate()) },
			"the previous phase is not verified in east, west | render the tree, commit and apply it: " + render},
		{"a certificate under no root", func(d *fixture) {
			other := issued(d.t, testmesh.Signing)
			for _, name := range []string{"trust/west/ca-cert.pem", "trust/west/cert-chain.pem"} {
				d.Write(name, other.Files()[name])
			}
		}, "the certificates of west chain to no root in trust/: no peer would trust them | rotate them first: kubectl mesh ca rotate --cluster west -f mesh.yaml"},
		{"the key of a next root is there", func(d *fixture) { d.Write("credentials/next-root-key.pem", "whose?") },
			"the key of a next root already exists: credentials/next-root-key.pem | no root of trust/root-cert.pem belongs to it: move it to another directory"},
		{"no root", func(d *fixture) {
			d.forget("trust/root-cert.pem")
		}, "no root certificate in trust/root-cert.pem | create one: kubectl mesh ca init -f mesh.yaml; or import your own: kubectl mesh ca import"},
		{"three roots", func(d *fixture) {
			two, three := issued(d.t, testmesh.Signing), issued(d.t, testmesh.Signing)
			d.Write("trust/root-cert.pem", d.Files()["trust/root-cert.pem"]+two.Files()["trust/root-cert.pem"]+three.Files()["trust/root-cert.pem"])
		}, "read root-cert.pem: 3 roots: a rotation has two | remove roots that sign for no cluster from it, or complete one rotation before the next"},
		{"the key of the new root is elsewhere", func(d *fixture) {
			d.must(d.rotate())
			d.render()
			d.forget("credentials/next-root-key.pem")
		}, "the root key is not in credentials | restore credentials/next-root-key.pem.age, or send a request to the owner of the key: kubectl mesh ca request"},
	} {
		d := issued(t, testmesh.Signing)
		test.prepare(d)
		before := d.Files()
		if said := d.Problems(d.rotate()); len(said) != 1 || said[0] != test.want {
			t.Errorf("%s: got %q, want %q", test.name, said, test.want)
		}
		if diff := cmp.Diff(before, d.Files()); diff != "" {
			t.Errorf("%s: written (-before +after):\n%s", test.name, diff)
		}
	}
}

// TestDropCutOff: a run that has moved the keys and not yet the roots is finished by the same command.
func TestDropCutOff(t *testing.T) {
	d := issued(t, testmesh.Signing)
	d.render()
	d.must(d.rotate())
	d.render()
	d.must(d.rotate())
	d.render()
	two := d.Files()["trust/root-cert.pem"]
	d.must(d.rotate())
	d.Write("trust/root-cert.pem", two)
	d.render()
	if got := d.state(); !strings.HasPrefix(got, "sign: g1 g2, ") {
		t.Fatalf("got %q", got)
	}
	d.must(d.rotate())
	if got, want := d.state(), "steady: g2, east g2 under g2, west g2 under g2"; got != want || d.keys() != "former-root-key.pem root-key.pem" {
		t.Errorf("got %q with keys %q, want %q", got, d.keys(), want)
	}
}

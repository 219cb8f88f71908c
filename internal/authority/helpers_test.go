package authority_test

import (
	"crypto/x509"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/authority"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/testmesh"
	"github.com/kubectl-mesh/kubectl-mesh/internal/tree"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

const year = 365 * 24 * time.Hour

// day is when the tests happen.
var day = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// fixture is a workspace with its certificates.
type fixture struct {
	*testmesh.Fixture
	t *testing.T
	// passphrase is what somebody types; nil: nobody is there. asked are the questions.
	passphrase []byte
	asked      []string
}

func newFixture(t *testing.T, mesh string) *fixture {
	t.Helper()
	return &fixture{Fixture: testmesh.Offline(t, mesh), t: t}
}

// open is another run.
func (d *fixture) open() *authority.Authority {
	d.t.Helper()
	ws, _ := d.Open()
	a, err := authority.Open(authority.Input{Workspace: ws, Now: day, Log: d.Log, Passphrase: func(what string, again bool) ([]byte, error) {
		question := d.Normalize(what)
		if again {
			question += ", twice"
		}
		if d.asked = append(d.asked, question); d.passphrase == nil {
			return nil, errors.New("nobody is there")
		}
		return d.passphrase, nil
	}})
	if err != nil {
		d.t.Fatal(err)
	}
	return a
}

// must ends a test at a step that has to work.
func (d *fixture) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(d.Problems(err))
	}
}

// issued is a desk with a root whose key has no passphrase, and with a certificate for each cluster.
func issued(t *testing.T, mesh string) *fixture {
	t.Helper()
	d := newFixture(t, mesh)
	d.must(d.open().Init(t.Context(), trust.P256, true))
	d.must(d.open().Issue(t.Context(), authority.Members{All: true}, trust.P256, year))
	return d
}

// forget takes files away.
func (d *fixture) forget(names ...string) {
	d.t.Helper()
	ws, _ := d.Open()
	for _, name := range names {
		d.must(ws.Forget(d.t.Context(), name))
	}
}

// atSites has the keys of all clusters be made and kept elsewhere.
func (d *fixture) atSites() {
	d.t.Helper()
	d.Write("mesh.yaml", strings.Replace(testmesh.Signing, "spec:\n", "spec:\n  trust: {ca: {keys: cluster}}\n", 1))
}

// names of the files, sorted; without those that only keep git away.
func (d *fixture) names() []string {
	var names []string
	for name := range d.Files() {
		if !strings.HasSuffix(name, ".gitignore") && !strings.HasPrefix(name, "deploy/") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// certificates of a file.
func (d *fixture) certificates(name string) []*x509.Certificate {
	d.t.Helper()
	all, err := trust.ParseCertificates([]byte(d.Files()[name]))
	if err != nil {
		d.t.Fatal(err)
	}
	return all
}

// subjects of a file, as "shop east g1".
func (d *fixture) subjects(name string) string {
	d.t.Helper()
	var names []string
	for _, certificate := range d.certificates(name) {
		names = append(names, certificate.Subject.CommonName)
	}
	return strings.Join(names, ", ")
}

// checkBundle: istiod of the cluster would take what is there.
func (d *fixture) checkBundle(cluster string) {
	d.t.Helper()
	ws, _ := d.Open()
	bundle, ok, err := ws.ReadBundle(cluster)
	if err != nil || !ok {
		d.t.Fatalf("%s: got %t, %v", cluster, ok, err)
	}
	if bundle.Key, err = ws.ReadKey("credentials/" + cluster + "/ca-key.pem"); err != nil {
		d.t.Fatal(err)
	}
	if err := bundle.Check(day); err != nil {
		d.t.Errorf("%s: %v", cluster, err)
	}
}

// render brings the tree up to date.
func (d *fixture) render() {
	d.t.Helper()
	ws, _ := d.Open()
	made, _, err := tree.Render(tree.Input{Workspace: ws, Secrets: tree.Skip}, tree.Target{Dir: ws.Path("deploy")})
	d.must(err)
	_, err = tree.Write(d.t.Context(), ws, made.Trees)
	d.must(err)
}

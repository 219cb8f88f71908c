package authority_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/internal/authority"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/testmesh"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

const (
	forEast = "intermediate certificate of east, trust domain cluster.local"
	forWest = "intermediate certificate of west, trust domain cluster.local"
)

// whats are what is asked for. Each has a fingerprint, by which it is compared.
func (d *fixture) whats(all []workspace.Pending) []string {
	d.t.Helper()
	var whats []string
	for _, one := range all {
		if !strings.HasPrefix(one.Fingerprint, "SHA256:") || !strings.Contains(one.What, " of "+one.Cluster+",") {
			d.t.Errorf("got %+v", one)
		}
		whats = append(whats, one.What)
	}
	return whats
}

// requestPending makes what these clusters lack, and returns what waits for a certificate.
func (d *fixture) requestPending(here ...string) []string {
	d.t.Helper()
	pending, err := d.open().RequestPending(d.t.Context(), func(cluster string) bool { return slices.Contains(here, cluster) }, trust.P256)
	d.must(err)
	return d.whats(pending)
}

// TestRequestPending: a key and a request for each cluster that is here and lacks a certificate, once; a cluster that signs
// nothing gets none.
func TestRequestPending(t *testing.T) {
	const key, request = "credentials/east/ca-key.pem", "trust/east/ca.csr"
	d, root := newFixture(t, remote), newFixture(t, remote)
	root.must(root.open().Init(t.Context(), trust.P256, true))
	for _, step := range []struct {
		name     string
		here     []string
		prepare  func()
		want     []string
		messages []string
		changed  []string
	}{
		{name: "nobody is here", prepare: func() {}},
		{name: "east, and edge, which it serves", here: []string{"east", "edge"}, prepare: func() {}, want: []string{forEast},
			messages: []string{"wrote " + request}, changed: []string{key, request}},
		{name: "again", here: []string{"east"}, prepare: func() {}, want: []string{forEast}},
		{name: "without the request", here: []string{"east"}, prepare: func() { d.forget(request) }, want: []string{forEast},
			messages: []string{"east: using the existing key", "wrote " + request}, changed: []string{request}},
		{name: "without the key", here: []string{"east"}, prepare: func() { d.forget(key) }, want: []string{forEast},
			messages: []string{"wrote " + request}, changed: []string{key, request}},
		{name: "it is signed, and west comes", here: []string{"east", "west"}, prepare: func() {
			root.must(root.open().Sign(t.Context(), authority.SignInput{Cluster: "east", Request: []byte(d.Files()[request]), Validity: year, Compare: agree}))
			d.must(d.open().Import(t.Context(), authority.ImportInput{Cluster: "east", RootCA: []byte(root.Files()["trust/root-cert.pem"]),
				Files: map[string][]byte{"east.pem": []byte(root.Files()["trust/east/ca-cert.pem"])}}))
		}, want: []string{forWest}, messages: []string{"wrote trust/west/ca.csr"}, changed: []string{"credentials/west/ca-key.pem", "trust/west/ca.csr"}},
	} {
		step.prepare()
		before := d.Files()
		if diff := cmp.Diff(step.want, d.requestPending(step.here...)); diff != "" {
			t.Errorf("%s: waits (-want +got):\n%s", step.name, diff)
		}
		if diff := cmp.Diff(step.messages, d.Messages); diff != "" {
			t.Errorf("%s: messages (-want +got):\n%s", step.name, diff)
		}
		var changed []string
		for _, name := range d.names() {
			if before[name] != d.Files()[name] {
				changed = append(changed, name)
			}
		}
		if diff := cmp.Diff(step.changed, changed); diff != "" {
			t.Errorf("%s: changed (-want +got):\n%s", step.name, diff)
		}
	}
}

// signPending signs what waits here, and returns what was asked about.
func (d *fixture) signPending(answer error) (shown []string, err error) {
	d.t.Helper()
	err = d.open().SignPending(d.t.Context(), year, func(all []workspace.Pending) error {
		shown = d.whats(all)
		return answer
	})
	return shown, err
}

// TestSignPending: one answer for all requests, and all certificates or none.
func TestSignPending(t *testing.T) {
	for name, test := range map[string]struct {
		prepare  func(*fixture)
		answer   error
		shown    []string
		want     []string // the error
		messages []string
	}{
		"all of them": {prepare: func(*fixture) {}, shown: []string{forEast, forWest}, messages: []string{
			`east: certificate "CN=shop east g1,O=shop", ECDSA P-256, until 2027-06-01`,
			`west: certificate "CN=shop west g1,O=shop", ECDSA P-256, until 2027-06-01`}},
		"one has its certificate": {prepare: func(d *fixture) {
			d.must(d.open().Sign(d.t.Context(), authority.SignInput{Cluster: "east", Validity: year, Compare: agree}))
		}, shown: []string{forWest}, messages: []string{`west: certificate "CN=shop west g1,O=shop", ECDSA P-256, until 2027-06-01`}},
		"none waits": {prepare: func(d *fixture) { d.forget("trust/east/ca.csr", "trust/west/ca.csr") }, messages: []string{"no request is pending in trust"}},
		"somebody says no": {prepare: func(*fixture) {}, answer: errors.New("not signed"), shown: []string{forEast, forWest},
			want: []string{"not signed"}},
		"the root key is elsewhere": {prepare: func(d *fixture) { d.forget("credentials/root-key.pem") }, shown: []string{forEast, forWest},
			want: []string{"the root key is not in credentials | restore credentials/root-key.pem.age, or send a request to the owner of the key: kubectl mesh ca request"}},
		"one is no request": {prepare: func(d *fixture) { d.Write("trust/west/ca.csr", "hello") }, want: []string{
			"trust/west/ca.csr: read request: no PEM block of type CERTIFICATE REQUEST | use the file that kubectl mesh ca request writes"}},
	} {
		t.Run(name, func(t *testing.T) {
			d := newFixture(t, testmesh.Signing)
			d.must(d.open().Init(t.Context(), trust.P256, true))
			d.requestPending("east", "west")
			test.prepare(d)
			before := d.Files()
			shown, err := d.signPending(test.answer)
			if diff := cmp.Diff(test.shown, shown); diff != "" {
				t.Errorf("shown (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.want, d.Problems(err)); diff != "" {
				t.Errorf("said (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.messages, d.Messages); diff != "" {
				t.Errorf("messages (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(before, d.Files()); test.want != nil && diff != "" {
				t.Errorf("written (-before +after):\n%s", diff)
			}
			if test.want == nil && len(test.shown) > 0 {
				d.checkBundle("east")
				d.checkBundle("west")
			}
		})
	}
}

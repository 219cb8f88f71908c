package reader_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/internal/reader"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/testmesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
)

// TestExplain: what one credential opens, for how long, and what ends it.
func TestExplain(t *testing.T) {
	const everySecret = "every Secret of west, in every namespace: the key that signs its certificates (Secret cacerts or istio-ca-secret of istio-system), " +
		"and with it any identity of the mesh there; token Secrets of accounts; passwords and keys of applications"
	revoke := []string{"kubectl mesh credentials revoke --link east-west -f mesh.yaml", "lists the steps that revoke it, and runs them with --apply",
		"then find out what was read: the audit log of west, if enabled, shows this identity",
		"and rotate everything that it could read: the Secrets of west, starting with the key that signs its certificates"}
	for _, test := range []struct {
		name, west string
		want       reader.Explanation
	}{
		{"a token", "platform: gke", reader.Explanation{
			Identity: []string{"service account system:serviceaccount:istio-system:mesh-reader-east",
				"proven by the token in Secret istio-system/mesh-reader-east-token-1 of west"},
			Expiry: []string{"the token of a token Secret never expires; one from kubectl mesh collect --token=request does",
				"GKE limits the lifetime of a requested token to 48 hours"},
			Exposure: []string{everySecret, "anyone who has it can use it from any network that reaches WEST, any number of times; only an audit log shows it"}}},
		{"federated", "reader: {auth: federated}", reader.Explanation{
			Identity: []string{"user mesh:east:system:serviceaccount:istio-system:istiod",
				"proven by a token of istiod in east, whose issuer the API server of west trusts; no account in west"},
			Expiry:   []string{"the kubelet renews the token; each expires within the hour, and with istiod's pod"},
			Exposure: []string{everySecret, "anyone who has it can use it from any network that reaches WEST, any number of times, until it expires; there is none in Git, in transit or at rest"}}},
		{"a client certificate", "reader: {auth: clientCertificate}", reader.Explanation{
			Identity: []string{"user mesh:east", "proven by a client certificate that the API server of west has signed; no account there"},
			Expiry:   []string{"it is valid until it expires and cannot be revoked; without its bindings it grants no access"},
			Exposure: []string{everySecret, "anyone who has it can use it from any network that reaches WEST, any number of times; only an audit log shows it"}}},
	} {
		h := newFixture(t, westWith(test.west))
		ws, _ := h.Open()
		got, err := reader.Explain(t.Context(), ws, pair, "east", now)
		if err != nil {
			t.Fatal(err)
		}
		test.want.Link, test.want.Summary, test.want.Server = "east-west", "east's control plane reads west's API server", h.West.URL
		test.want.Permissions, test.want.Credentials, test.want.Revocation = access.ReaderPermissions("istio-system", "istio"), got.Credentials, revoke
		for i, remedy := range got.Revocation {
			got.Revocation[i] = h.Normalize(remedy)
		}
		for i, exposed := range got.Exposure {
			got.Exposure[i] = h.Normalize(exposed)
		}
		if diff := cmp.Diff(test.want, got); diff != "" || len(got.Credentials) != 1 {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

// TestExplainExtras: who else is meant, and what git has.
func TestExplainExtras(t *testing.T) {
	h := newFixture(t, testmesh.Both)
	h.Write("sealed/east/remote-secret-west.yaml", "{}\n")
	ws, _ := h.Open()
	got, err := reader.Explain(t.Context(), ws, pair, "edge", now)
	if err != nil {
		t.Fatal(err)
	}
	if want := "east's control plane reads west's API server, for edge, which it serves"; got.Summary != want {
		t.Errorf("got %q, want %q", got.Summary, want)
	}
	sealed := "it is in Git, sealed: anyone with the repository and a private key that decrypts any version of " + ws.Path("sealed/east/remote-secret-west.yaml") + " has it too"
	if last := got.Exposure[len(got.Exposure)-1]; last != sealed {
		t.Errorf("got %q, want %q", last, sealed)
	}

	h.Write("mesh.yaml", westWith("revokedReaders: {east: 1}"))
	ws, _ = h.Open()
	if got, err = reader.Explain(t.Context(), ws, pair, "east", now); err != nil {
		t.Fatal(err)
	}
	if want := "nothing: the reader is revoked, and its credential grants no access"; got.Exposure[0] != want || got.Permissions != nil {
		t.Errorf("revoked: got %q and rights %v", got.Exposure, got.Permissions)
	}
}

// TestExplainWhoSharesIt: an account that several readers share is one identity, and is revoked for all of them; a reader
// of its own has as many proofs as generations.
func TestExplainWhoSharesIt(t *testing.T) {
	const secret = "proven by the token in Secret istio-system/"
	for name, test := range map[string]struct {
		mesh     string
		identity []string
		revoke   string
	}{
		"an account of peers": {westWith("reader: {serviceAccount: peers}") + north, []string{
			"service account system:serviceaccount:istio-system:peers", secret + "peers-istio-remote-secret-token of west",
			"shared: the control planes of north use the same account, and cannot be distinguished or revoked separately",
		}, "kubectl mesh credentials revoke --link east-west --link north-west -f mesh.yaml"},
		"an account that only east uses": {westWith("reader: {serviceAccount: peers}"), []string{
			"service account system:serviceaccount:istio-system:peers", secret + "peers-istio-remote-secret-token of west",
		}, "kubectl mesh credentials revoke --link east-west -f mesh.yaml"},
		"a user, beside an account's name": {westWith("reader: {auth: clientCertificate, serviceAccount: peers}") + north, []string{
			"user mesh:east", "proven by a client certificate that the API server of west has signed; no account there",
		}, "kubectl mesh credentials revoke --link east-west -f mesh.yaml"},
		"two generations of a token": {westWith("readerGenerations: {east: [3, 4]}"), []string{
			"service account system:serviceaccount:istio-system:mesh-reader-east",
			secret + "mesh-reader-east-token-3 of west", secret + "mesh-reader-east-token-4 of west",
		}, "kubectl mesh credentials revoke --link east-west -f mesh.yaml"},
		"two generations of a certificate": {westWith("reader: {auth: clientCertificate}, readerGenerations: {east: [1, 2]}"), []string{
			"user mesh:east", "user mesh:east:2", "proven by a client certificate that the API server of west has signed; no account there",
		}, "kubectl mesh credentials revoke --link east-west -f mesh.yaml"},
	} {
		h := &fixture{Fixture: testmesh.Offline(t, test.mesh), t: t}
		ws, _ := h.Open()
		got, err := reader.Explain(t.Context(), ws, pair, "east", now)
		if err != nil {
			t.Fatal(h.Problems(err))
		}
		if diff := cmp.Diff(test.identity, got.Identity); diff != "" {
			t.Errorf("%s: identity (-want +got):\n%s", name, diff)
		}
		if revoke := h.Normalize(got.Revocation[0]); revoke != test.revoke {
			t.Errorf("%s: revoked by %q, want %q", name, revoke, test.revoke)
		}
	}
}

// TestExplainWhatItOpens: what follows from the permissions, wherever they come from.
func TestExplainWhatItOpens(t *testing.T) {
	const (
		edge  = "  - {name: edge, controlPlane: east, api: {server: 'https://203.0.113.3'}}\n"
		reads = ", in every namespace: the key that signs its certificates (Secret cacerts or istio-ca-secret of istio-system), " +
			"and with it any identity of the mesh there; token Secrets of accounts; passwords and keys of applications"
		uses   = "anyone who has it can use it from any network that reaches "
		always = ", any number of times; only an audit log shows it"
	)
	for name, test := range map[string]struct {
		mesh      string
		target    string
		grantedBy string
		want      []string
	}{
		"the account of Istio's charts": {mesh: westWith("reader: {serviceAccount: istio-reader-service-account}"), target: "west",
			grantedBy: "Istio's charts, for all peers: their ClusterRole istio-reader-… reads all Secrets and ConfigMaps, and creates token reviews",
			want:      []string{"every Secret of west" + reads, uses + "https://203.0.113.2" + always}},
		"a cluster that east serves": {mesh: testmesh.Both + edge, target: "edge", want: []string{
			"every Secret of edge" + reads,
			"the injection webhook of edge: anyone who can change it can add containers to its pods, and read its Secrets as they are written",
			uses + "https://203.0.113.3" + always}},
		"a token in a store": {mesh: westWith("reader: {auth: external, external: {secretStoreRef: {name: vault}}}"), target: "west",
			want: []string{"every Secret of west" + reads, uses + "https://203.0.113.2" + always}},
		"that of a reader that was revoked": {mesh: westWith("reader: {auth: clientCertificate}, revokedReaders: {east: 2}"), target: "west",
			want: []string{"nothing: the reader is revoked, and its credential grants no access"}},
	} {
		h := &fixture{Fixture: testmesh.Offline(t, test.mesh), t: t}
		ws, _ := h.Open()
		got, err := reader.Explain(t.Context(), ws, access.Pair{Consumer: "east", Target: test.target}, "east", now)
		if err != nil {
			t.Fatal(h.Problems(err))
		}
		if diff := cmp.Diff(test.want, got.Exposure); diff != "" || got.GrantedBy != test.grantedBy {
			t.Errorf("%s: granted by %q (-want +got):\n%s", name, got.GrantedBy, diff)
		}
	}
}

// TestExplainWithoutConsumers: a pair of which one cluster is not in the mesh is no link.
func TestExplainWithoutConsumers(t *testing.T) {
	h := &fixture{Fixture: testmesh.Offline(t, testmesh.Both), t: t}
	ws, _ := h.Open()
	_, err := reader.Explain(t.Context(), ws, access.Pair{Consumer: "east", Target: "nowhere"}, "east", now)
	if diff := cmp.Diff([]string{`find remote access: no cluster "nowhere"`}, h.Problems(err)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

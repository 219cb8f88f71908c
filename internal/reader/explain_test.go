package reader_test

import (
	"strings"
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
	revoke := []string{"kubectl mesh credentials revoke --link 'east-west' -f 'mesh.yaml'", "lists the steps that revoke it, and runs them with --apply",
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
		h := newHouse(t, clusters+testmesh.East+strings.Replace(testmesh.West, "api:", test.west+", api:", 1))
		ws, _ := h.Open()
		got, err := reader.Explain(t.Context(), ws, pair, "east", now)
		if err != nil {
			t.Fatal(err)
		}
		test.want.Link, test.want.Summary, test.want.Server = "east-west", "east's control plane reads west's API server", h.West.URL
		test.want.Permissions, test.want.Credentials, test.want.Revocation = access.ReaderPermissions("istio-system", "istio"), got.Credentials, revoke
		for i, remedy := range got.Revocation {
			got.Revocation[i] = h.Short(remedy)
		}
		for i, exposed := range got.Exposure {
			got.Exposure[i] = h.Short(exposed)
		}
		if diff := cmp.Diff(test.want, got); diff != "" || len(got.Credentials) != 1 {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

// TestExplainExtras: who else is meant, and what git has.
func TestExplainExtras(t *testing.T) {
	h := newHouse(t, testmesh.Both)
	h.Write("sealed/east/remote-secret-west.yaml", "{}\n")
	ws, _ := h.Open()
	got, err := reader.Explain(t.Context(), ws, pair, "edge", now)
	if err != nil {
		t.Fatal(err)
	}
	if want := "east's control plane reads west's API server, for edge, which it serves"; got.Summary != want {
		t.Errorf("got %q, want %q", got.Summary, want)
	}
	sealed := "it is in Git, sealed: anyone with the repository and a private key that decrypts " + ws.Path("sealed/east/remote-secret-west.yaml") + ", current or former, has it too"
	if last := got.Exposure[len(got.Exposure)-1]; last != sealed {
		t.Errorf("got %q, want %q", last, sealed)
	}

	h.Write("mesh.yaml", clusters+testmesh.East+strings.Replace(testmesh.West, "api:", "revokedReaders: {east: 1}, api:", 1))
	ws, _ = h.Open()
	if got, err = reader.Explain(t.Context(), ws, pair, "east", now); err != nil {
		t.Fatal(err)
	}
	if want := "nothing: the reader is revoked, and its credential grants no access"; got.Exposure[0] != want || got.Permissions != nil {
		t.Errorf("revoked: got %q and rights %v", got.Exposure, got.Permissions)
	}
}

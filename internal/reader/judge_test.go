package reader

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/testmesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
)

// TestJudge: what an API server answers to a call with a credential, and what is to be done about each answer that is not
// all that a reader needs.
func TestJudge(t *testing.T) {
	const (
		server  = "https://203.0.113.2"
		deliver = "kubectl mesh render --apply --cluster west -f mesh.yaml; kubectl mesh collect --cluster west -f mesh.yaml; " +
			"kubectl mesh render --apply --cluster east -f mesh.yaml"
	)
	accepted := cluster.Access{Verdict: cluster.VerdictAccepted, User: "system:serviceaccount:istio-system:mesh-reader-east", UID: "uid-west"}
	lacks := func(change func(*cluster.Access)) cluster.Access {
		granted := accepted
		change(&granted)
		return granted
	}
	for name, test := range map[string]struct {
		granted cluster.Access
		want    []string
	}{
		"accepted": {granted: accepted},
		"an API server that tells neither user nor UID": {granted: cluster.Access{Verdict: cluster.VerdictAccepted}},
		"unreachable": {granted: cluster.Access{Verdict: cluster.VerdictUnreachable, Why: "connection refused"},
			want: []string{"west cannot be called from here: connection refused | elsewhere"}},
		"an authority that is not declared": {granted: cluster.Access{Verdict: cluster.VerdictUntrusted, Why: "unknown authority"},
			want: []string{"the certificate of " + server + " cannot be verified: unknown authority | correct api.certificateAuthority or " +
				"api.tlsServerName of west, and apply it: kubectl mesh render --apply --cluster east -f mesh.yaml"}},
		"a certificate that has expired": {granted: cluster.Access{Verdict: cluster.VerdictUntrusted, Why: "it has expired",
			Fault: cluster.CertificateFault{Kind: cluster.FaultExpired, Date: "2026-05-31"}},
			want: []string{"the certificate of " + server + " cannot be verified: it has expired | renew the server's certificate, which expired on 2026-05-31 " +
				"(kubeadm certs renew apiserver, if kubeadm created it); if it is still valid, correct the clock of this machine"}},
		"rejected": {granted: cluster.Access{Verdict: cluster.VerdictRejected, Why: "Unauthorized"},
			want: []string{"west does not accept the new credential: Unauthorized | " + deliver}},
		"an odd answer": {granted: cluster.Access{Verdict: cluster.VerdictOdd, Why: "it is no API server"},
			want: []string{"west does not accept the new credential: it is no API server | " + deliver}},
		"another cluster": {granted: lacks(func(granted *cluster.Access) { granted.UID = "uid-of-new" }),
			want: []string{server + " points at a cluster with UID uid-of-new, but the UID of west is uid-west | correct api.server of west"}},
		"permissions that cannot be asked for": {granted: lacks(func(granted *cluster.Access) { granted.Unasked = "etcd is gone" }),
			want: []string{"the permissions of the new credential in west could not be verified: etcd is gone"}},
		"no permissions": {granted: lacks(func(granted *cluster.Access) {
			granted.Missing = []cluster.Permission{{Verb: "list", Resource: "secrets"}, {Verb: "watch", Resource: "secrets"}}
		}), want: []string{"the new credential has no permission for 2 rights in west, such as list secrets | " +
			"kubectl mesh render --apply --cluster west -f mesh.yaml"}},
		"no permissions in another cluster": {granted: lacks(func(granted *cluster.Access) {
			granted.UID, granted.Missing = "uid-of-new", []cluster.Permission{{Verb: "list", Resource: "secrets"}}
		}), want: []string{server + " points at a cluster with UID uid-of-new, but the UID of west is uid-west | correct api.server of west"}},
	} {
		h := testmesh.Offline(t, testmesh.Both)
		ws, _ := h.Open()
		r, err := newRotation(RotateInput{Workspace: ws, Pair: access.Pair{Consumer: "east", Target: "west"}, Link: "east-west", Log: h.Log})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, h.Problems(r.judge(server, test.granted, "elsewhere"))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

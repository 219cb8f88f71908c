package rollout_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/internal/rollout"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/fakeapi"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/fakeistiod"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/testmesh"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
)

// asks has a rollout ask an istiod that knows so many endpoints of west before the remote secret in east is that of the
// moved mesh, and so many after.
func (h *fixture) asks(in *rollout.Input, before, after int) *fakeistiod.Istiod {
	istiod := &fakeistiod.Istiod{Peer: "west", Endpoints: func() int {
		if strings.Contains(remoteKubeconfig(h.East, "west"), "203.0.113.20") {
			return after
		}
		return before
	}}
	in.Proof = istiod.Options()
	return istiod
}

// TestProof: a changed remote secret is there for good only when istiod keeps the endpoints.
func TestProof(t *testing.T) {
	const inconclusive = "warning: east: inconclusive: "
	const check = " | kubectl mesh check -f mesh.yaml"
	for _, test := range []struct {
		name          string
		mesh          string
		before, after int
		refuses       error
		want          []string
		// messages contains a line about istiod.
		messages string
		unproven string
	}{
		{"they stay", moved(""), 2, 2, nil, nil,
			"east: 1 pod of istiod synced, with at least the 2 endpoints of 1 service in west known before, for 1m0s", ""},
		{"they go", moved(""), 2, 1, nil, []string{"east: istiod pod istiod-5b9c in east knows fewer endpoints of west than before the change: shop/a.shop has 1 of 2 | " +
			"unless a rollout or scaling in west explains it, restart istiod: kubectl --kubeconfig=CONFIG --context=prod-east -n istio-system rollout restart deployment/istiod"}, "", ""},
		{"none before", moved(""), 0, 2, nil, []string{verdict.ErrIncomplete.Error()},
			inconclusive + "istiod is synced, but knew no endpoint of west before the change" + check,
			"istiod is synced, but knew no endpoint of west before the change"},
		{"not allowed", moved(""), 2, 2, errors.New("pods is forbidden"), []string{verdict.ErrIncomplete.Error()},
			inconclusive + "ask east's istiod for endpoints: pods is forbidden" + check, "ask east's istiod for endpoints: pods is forbidden"},
		{"nothing changes", testmesh.Both, 2, 0, errors.New("asked"), nil, "", ""},
	} {
		h := newFixture(t, testmesh.Both)
		h.apply(h.input("east", "west"))
		h.East.Intercept((&fakeapi.Istiod{Version: "1.31.1"}).Answer)
		h.Write("mesh.yaml", test.mesh)
		in := h.input("east")
		h.asks(&in, test.before, test.after).Refuses = test.refuses
		reports, err := rollout.Apply(t.Context(), in)
		if diff := cmp.Diff(test.want, h.Problems(err)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
		if test.messages != "" && !slices.Contains(h.Messages, test.messages) {
			t.Errorf("%s: messages %q", test.name, h.Messages)
		}
		if isIncomplete := verdict.Code(err) == verdict.CodeIncomplete; isIncomplete != (test.unproven != "") || reports[0].Unproven != test.unproven {
			t.Errorf("%s: code %d, unproven %q", test.name, verdict.Code(err), reports[0].Unproven)
		}
	}
}

package rollout_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/internal/rollout"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/fakeapi"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/testmesh"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
)

const tokenFile = "credentials/west/east/token"

// token is one of the reader from east in west; it ends, or not when hours are 0.
func token(hours int, secret string) string {
	claims := map[string]any{"sub": "system:serviceaccount:istio-system:mesh-reader-east"}
	if hours != 0 {
		claims["exp"] = time.Now().Add(time.Duration(hours) * time.Hour).Unix()
	}
	if secret != "" {
		claims["kubernetes.io"] = map[string]any{"secret": map[string]string{"name": secret}}
	}
	return fakeapi.JWT(claims)
}

// TestTokenSource: which token east gets to read west with, where west is not a target of the run.
func TestTokenSource(t *testing.T) {
	stored, requested := token(0, ""), token(1, "mesh-reader-east-token-1")
	of := func(text string) func(*fixture) string { return func(*fixture) string { return text } }
	fromWest := func(h *fixture) string { return tokenOf(h.West, "east") }
	for _, test := range []struct {
		name, mesh string
		prepare    func(*fixture)
		want       func(*fixture) string
		err        []string
		held       string
	}{
		{name: "west has given it already", mesh: testmesh.Both, prepare: (*fixture).applyWest, want: fromWest},
		{name: "west comes before what was carried here", mesh: testmesh.Both,
			prepare: func(h *fixture) { h.applyWest(); h.Write(tokenFile, stored) }, want: fromWest},
		{name: "one that was asked for comes before that of the Secret", mesh: testmesh.Both,
			prepare: func(h *fixture) { h.applyWest(); h.Write(tokenFile, requested) }, want: of(requested)},
		{name: "one that was asked for of another generation", mesh: testmesh.Both,
			prepare: func(h *fixture) { h.applyWest(); h.Write(tokenFile, token(1, "mesh-reader-east-token-7")) }, want: fromWest},
		{name: "west has none yet, but one was carried here", mesh: testmesh.Both,
			prepare: func(h *fixture) { h.Write(tokenFile, stored) }, want: of(stored)},
		{name: "west is out of reach, and its token was carried here", mesh: apart,
			prepare: func(h *fixture) { h.Write(tokenFile, stored) }, want: of(stored)},
		{name: "west has none", mesh: testmesh.Both, prepare: func(*fixture) {}, held: `get the token of east for west: read token secret: secrets "mesh-reader-east-token-1" not found | ` +
			"apply west first, or in the same run: omit --cluster"},
		{name: "west is out of reach", mesh: apart, prepare: func(*fixture) {}, held: "east has no token for west, and west cannot be reached: it has no context in mesh.yaml | " +
			"after applying west's overlay: (umask 077; mkdir -p credentials/west/east && kubectl --context=CONTEXT_OF_west -n istio-system " +
			"get secret mesh-reader-east-token-1 -o go-template='{{.data.token | base64decode}}' > " + tokenFile + ")"},
		{name: "another cluster answers for west", mesh: testmesh.Both, prepare: func(h *fixture) {
			h.Connect(h.East, fakeapi.New(h.t, "uid-of-new"))
		}, err: []string{`east: get the token of east for west: context "prod-west" points at another cluster: its UID is uid-of-new, ` +
			"and the UID of west is uid-west | correct context in mesh.yaml; if the cluster was re-created, remove the old uid from mesh.yaml and record the new one: " +
			"kubectl mesh collect --pin --cluster west -f mesh.yaml | apply west first, or in the same run: omit --cluster"}},
		{name: "one that has ended", mesh: apart, prepare: func(h *fixture) {
			h.Write(tokenFile, fakeapi.JWT(map[string]any{"exp": 1767225600}))
		}, err: []string{"east: the token of east for west expired at 2026-01-01T00:00:00Z | " +
			"get a new one: kubectl mesh collect --token=request --cluster west -f mesh.yaml"}},
	} {
		h := newFixture(t, test.mesh)
		test.prepare(h)
		_, err := rollout.Apply(t.Context(), h.input("east"))
		if test.held != "" {
			if held := h.warnings(); !errors.Is(err, verdict.ErrIncomplete) || len(held) != 1 || held[0] != "warning: east: held back: Secret istio-system/istio-remote-secret-west: "+test.held {
				t.Errorf("%s: got %v, messages %q", test.name, err, held)
			}
			if len(h.East.Changes()) == 0 {
				t.Errorf("%s: what holds no credential is not applied", test.name)
			}
			err = nil
		}
		if diff := cmp.Diff(test.err, h.Problems(err)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
		want := ""
		if test.want != nil {
			want = test.want(h)
		}
		if got := h.tokenIn(h.East, "west"); got != want {
			t.Errorf("%s: east reads west with %q, want %q", test.name, got, want)
		}
	}
}

// applyWest rolls out to west, as its owner does.
func (h *fixture) applyWest() {
	h.t.Helper()
	h.Write("credentials/east/west/token", fakeapi.JWT(map[string]any{"sub": "system:serviceaccount:istio-system:mesh-reader-west"}))
	h.apply(h.input("west"))
}

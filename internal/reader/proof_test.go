package reader_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/internal/reader"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/fakeistiod"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/testmesh"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
)

// asks has a rotation ask an istiod of east that knows so many endpoints of west before its remote secret is written,
// and so many after.
func (h *fixture) asks(in *reader.RotateInput, before, after int) *fakeistiod.Istiod {
	istiod := &fakeistiod.Istiod{Peer: "west", Endpoints: func() int {
		if h.written() {
			return after
		}
		return before
	}}
	in.Proof = istiod.Options()
	return istiod
}

// written reports whether the remote secret in east has the second token.
func (h *fixture) written() bool { return h.issued("2") != "" && h.held() == h.issued("2") }

const asksWithout = "to continue without asking istiod: " + rotate + " --apply --offline"

// TestRotateAsksIstiod: the old credential ends only when istiod keeps the endpoints.
func TestRotateAsksIstiod(t *testing.T) {
	for _, test := range []struct {
		name          string
		before, after int
		offline       bool
		want          []string
		// told is a line among those that were said; ended: the old credential counts no more.
		messages string
		ended    bool
	}{
		{"all endpoints stay", 2, 2, false, nil,
			"east: 1 pod of istiod synced, with at least the 2 endpoints of 1 service in west known before, for 1m0s", true},
		{"they go", 2, 0, false, []string{"istiod pod istiod-5b9c in east knows fewer endpoints of west than before the change: shop/a.shop has 0 of 2 | " +
			"unless a rollout or scaling in west explains it, restart istiod: kubectl --kubeconfig=CONFIG --context=prod-east -n istio-system rollout restart deployment/istiod | " +
			"to return to the old credential: " + rotate + " --abort | the old credential is unchanged; to continue: " + rotate + " --apply"}, "", false},
		{"none before", 0, 2, false, []string{verdict.ErrIncomplete.Error()},
			"warning: east: inconclusive: istiod is synced, but knew no endpoint of west before the change; the old credential is unchanged | " +
				"if that is expected, because west runs no service that the mesh calls: " + rotate + " --apply --offline", false},
		{"not asked", 2, 0, true, nil, "warning: not verified: east's istiod keeps the endpoints of west", true},
	} {
		h := rolledOut(t, testmesh.Both)
		in := h.rotation()
		h.asks(&in, test.before, test.after)
		in.Offline = test.offline
		err := reader.Rotate(t.Context(), in)
		if diff := cmp.Diff(test.want, h.Problems(err)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
		if isIncomplete := verdict.Code(err) == verdict.CodeIncomplete; isIncomplete != (test.name == "none before") {
			t.Errorf("%s: code %d", test.name, verdict.Code(err))
		}
		if test.messages != "" && !slices.Contains(h.Messages, test.messages) {
			t.Errorf("%s: messages %q", test.name, h.Messages)
		}
		if !h.written() || (h.issued("1") == "") != test.ended {
			t.Errorf("%s: east holds the new token: %t, west has the old one: %t", test.name, h.written(), h.issued("1") != "")
		}
	}
}

// TestRotateNeedsAnAnswer: where istiod cannot be asked before, nothing is changed.
func TestRotateNeedsAnAnswer(t *testing.T) {
	for name, test := range map[string]struct {
		mesh string
		want []string
	}{
		"no right": {testmesh.Both, []string{"pods is forbidden | this must work first: kubectl --kubeconfig=CONFIG --context=prod-east version | " + asksWithout + " | nothing was changed in any cluster"}},
		"at Google": {strings.Replace(testmesh.Both, "spec:\n", "spec:\n  istio: {distribution: csm, managed: true}\n", 1), []string{
			"the control plane of east is managed by Google, and cannot be asked for endpoints | " + asksWithout + " | nothing was changed in any cluster"}},
	} {
		h := rolledOut(t, testmesh.Both)
		h.Write("mesh.yaml", test.mesh)
		h.changed()
		before := h.Files()
		in := h.rotation()
		h.asks(&in, 2, 2).Refuses = errors.New("pods is forbidden")
		if diff := cmp.Diff(test.want, h.Problems(reader.Rotate(t.Context(), in))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if changed := h.changed(); len(changed) > 0 || cmp.Diff(before, h.Files()) != "" {
			t.Errorf("%s: changed %v, files %v", name, changed, h.Files())
		}
	}
}

// TestDropAsksIstiod: where the remote secret was changed by somebody else, istiod has to keep what it knows now.
func TestDropAsksIstiod(t *testing.T) {
	h := rolledOut(t, testmesh.Both)
	if err := reader.Begin(t.Context(), h.rotation()); err != nil {
		t.Fatal(err)
	}
	h.rollOut("east", "west")
	for _, test := range []struct {
		name  string
		known []int // of one question after the other; the last one stays
		want  []string
	}{
		{"they go", []int{2, 2, 0}, []string{"istiod pod istiod-5b9c in east knows fewer endpoints of west than before the change: shop/a.shop has 0 of 2 | " +
			"unless a rollout or scaling in west explains it, restart istiod: kubectl --kubeconfig=CONFIG --context=prod-east -n istio-system rollout restart deployment/istiod | " +
			"to return to the old credential: " + rotate + " --abort"}},
		{"none are known", []int{0}, []string{verdict.ErrIncomplete.Error()}},
		{"they stay", []int{2}, nil},
	} {
		in := h.rotation()
		asked := 0
		in.Proof = (&fakeistiod.Istiod{Peer: "west", Endpoints: func() int {
			asked++
			return test.known[min(asked, len(test.known))-1]
		}}).Options()
		if diff := cmp.Diff(test.want, h.Problems(reader.Drop(t.Context(), in))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
		if counting := len(h.counting()); (counting == 1) != (test.want == nil) {
			t.Errorf("%s: %d generations count", test.name, counting)
		}
	}
}

package reader_test

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/internal/live"
	"github.com/kubectl-mesh/kubectl-mesh/internal/proof"
	"github.com/kubectl-mesh/kubectl-mesh/internal/reader"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/testmesh"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/endpoints"
)

// istiods is one pod that knows endpoints of west: so many before its remote secret is written, and so many after.
type istiods struct {
	before, after int
	write         func() bool
	err           error
	now           time.Time
}

// serve has a rotation ask it, in a time of its own.
func (i *istiods) serve(in *reader.RotateInput) {
	in.Istiods = func(*live.Cluster) (proof.Istiods, error) { return i, nil }
	in.Clock = i
}

func (i *istiods) Now() time.Time { return i.now }

func (i *istiods) Sleep(ctx context.Context, duration time.Duration) error {
	i.now = i.now.Add(duration)
	return ctx.Err()
}

func (i *istiods) Ready(context.Context) ([]cluster.IstiodPod, error) {
	return []cluster.IstiodPod{{Name: "istiod-5b9c"}}, i.err
}

func (i *istiods) Read(_ context.Context, _, path string, read func(io.Reader) error) error {
	n := i.before
	if i.write() {
		n = i.after
	}
	page := `[{"id": "west", "syncStatus": "synced"}]`
	if path == endpoints.PathShards {
		page = `{"a.shop": {"shop": {"Shards": {"Kubernetes/west": [` + strings.TrimSuffix(strings.Repeat("{},", n), ",") + `]}}}}`
	}
	return read(strings.NewReader(page))
}

// written tells whether the remote secret in east has the second token.
func (h *house) written() bool { return h.issued("2") != "" && h.held() == h.issued("2") }

const asksWithout = "to rotate without asking istiod: " + rotate + " --apply --offline"

// TestRotateAsksIstiod: the old credential ends only when istiod keeps the endpoints.
func TestRotateAsksIstiod(t *testing.T) {
	for _, test := range []struct {
		name    string
		istiods istiods
		offline bool
		want    []string
		// told is a line among those that were said; ended: the old credential counts no more.
		told  string
		ended bool
	}{
		{"all endpoints stay", istiods{before: 2, after: 2}, false, nil,
			"east: 1 pod of istiod synced, with no fewer than the 2 endpoints of 1 service in west known before, for 1m0s", true},
		{"they go", istiods{before: 2}, false, []string{"pod istiod-5b9c of istiod in east knows fewer endpoints of west than before the change: shop/a.shop has 0 of 2 | " +
			"if no rollout or scaling in west explains it, restart istiod: kubectl --kubeconfig='CONFIG' --context='prod-east' -n istio-system rollout restart deployment/istiod | " +
			"to go back to the old credential: " + rotate + " --abort | the old credential was not touched; to go on: " + rotate + " --apply"}, "", false},
		{"none before", istiods{after: 2}, false, []string{verdict.ErrIncomplete.Error()},
			"warning: east: inconclusive: istiod is synced, but knew no endpoint of west before the change, so that none can be missing; the old credential was not touched | " +
				"if that is right, because west runs nothing that the mesh calls: " + rotate + " --apply --offline", false},
		{"not asked", istiods{before: 2}, true, nil, "warning: istiod of east is not asked whether it keeps the endpoints of west", true},
	} {
		h := rolledOut(t, testmesh.Both)
		in := h.rotation()
		test.istiods.write = h.written
		test.istiods.serve(&in)
		in.Offline = test.offline
		err := reader.Rotate(t.Context(), in)
		if diff := cmp.Diff(test.want, h.Said(err)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
		if isIncomplete := verdict.Code(err) == verdict.CodeIncomplete; isIncomplete != (test.name == "none before") {
			t.Errorf("%s: code %d", test.name, verdict.Code(err))
		}
		if test.told != "" && !slices.Contains(h.Told, test.told) {
			t.Errorf("%s: told %q", test.name, h.Told)
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
		"no right": {testmesh.Both, []string{"pods is forbidden | this has to work first: kubectl --kubeconfig='CONFIG' --context='prod-east' version | " + asksWithout + " | nothing was changed in any cluster"}},
		"at Google": {strings.Replace(testmesh.Both, "spec:\n", "spec:\n  istio: {distribution: csm, managed: true}\n", 1), []string{
			"the control plane of east runs at Google, and cannot be asked for endpoints | " + asksWithout + " | nothing was changed in any cluster"}},
	} {
		h := rolledOut(t, testmesh.Both)
		h.Write("mesh.yaml", test.mesh)
		h.changed()
		before := h.Files()
		in := h.rotation()
		(&istiods{err: errors.New("pods is forbidden"), write: h.written}).serve(&in)
		if diff := cmp.Diff(test.want, h.Said(reader.Rotate(t.Context(), in))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if changed := h.changed(); len(changed) > 0 || cmp.Diff(before, h.Files()) != "" {
			t.Errorf("%s: changed %v, files %v", name, changed, h.Files())
		}
	}
}

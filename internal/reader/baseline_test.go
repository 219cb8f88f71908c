package reader_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/internal/reader"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/testmesh"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
)

const baselineFile = "credentials/west/east/endpoints.json"

// TestBaselineOutlivesARun: what counts for a run that finishes the work of another is what istiod knew before the change,
// not what it knows when that run begins.
func TestBaselineOutlivesARun(t *testing.T) {
	h := rolledOut(t, testmesh.Both)
	known := 2
	run := func() error {
		in := h.rotation()
		h.asks(&in, 2, known)
		return reader.Rotate(t.Context(), in)
	}
	known = 0
	first := h.Problems(run())
	if len(first) != 1 || !strings.HasPrefix(first[0], "istiod pod istiod-5b9c in east knows fewer endpoints of west than before the change: shop/a.shop has 0 of 2 | ") {
		t.Fatalf("the first run: %q", first)
	}
	if diff := cmp.Diff(`{"change":"generation 2","before":[{"west":{"shop/a.shop":2}}]}`+"\n", h.Files()[baselineFile]); diff != "" {
		t.Errorf("recorded (-want +got):\n%s", diff)
	}
	second := []string{strings.Replace(first[0], " --abort | ", " --abort | if workloads were scaled down since the change: "+rotate+" --apply --offline | ", 1)}
	if diff := cmp.Diff(second, h.Problems(run())); diff != "" {
		t.Errorf("the second run, in which istiod knew nothing from the beginning (-want +got):\n%s", diff)
	}
	if h.issued("1") == "" {
		t.Fatal("the old credential has ended")
	}
	known = 2
	if err := run(); err != nil {
		t.Fatal(h.Problems(err))
	}
	if want := "east: comparing with west's endpoints from before an earlier run changed the remote secret"; !slices.Contains(h.Messages, want) {
		t.Errorf("messages %q", h.Messages)
	}
	if _, kept := h.Files()[baselineFile]; kept || h.issued("1") != "" {
		t.Errorf("the baseline is there: %t; the old credential: %t", kept, h.issued("1") != "")
	}
}

// TestBaselineIsLost: without it, or with that of another change, not verified: exit code 3, and the old credential
// stays until somebody has looked.
func TestBaselineIsLost(t *testing.T) {
	for name, text := range map[string]string{
		"another machine":     "",
		"of another change":   `{"change":"generation 1","before":[{"west":{"shop/a.shop":2}}]}`,
		"nothing of ours":     "not JSON",
		"more than was asked": `{"change":"generation 2","before":[{"west":{"shop/a.shop":2}},{}]}`,
	} {
		h := rolledOut(t, testmesh.Both)
		in := h.rotation()
		h.asks(&in, 2, 0)
		if err := reader.Rotate(t.Context(), in); err == nil {
			t.Fatalf("%s: the first run found all endpoints", name)
		}
		h.Write(baselineFile, text)
		in = h.rotation()
		h.asks(&in, 2, 1)
		err := reader.Rotate(t.Context(), in)
		want := "warning: east: inconclusive: an earlier run changed the remote secret, and the endpoints of west that istiod knew before are not recorded here; " +
			"istiod keeps its current endpoints; the old credential is unchanged | if istiod in east knows all endpoints of west: " + rotate + " --apply --offline"
		if verdict.Code(err) != verdict.CodeIncomplete || !slices.Contains(h.Messages, want) || h.issued("1") == "" {
			t.Errorf("%s: code %d, messages %q; the old credential is there: %t", name, verdict.Code(err), h.Messages, h.issued("1") != "")
		}
		in = h.rotation()
		in.Offline = true
		if err := reader.Rotate(t.Context(), in); err != nil || h.issued("1") != "" {
			t.Errorf("%s: after a look: %v; the old credential is there: %t", name, err, h.issued("1") != "")
		}
	}
}

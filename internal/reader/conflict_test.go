package reader_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/internal/reader"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/fakeapi"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/testmesh"
)

// TestRotateMeetsAConflict: fields of another field manager stop a rotation where it is, the old credential goes on, and
// whoever takes ownership goes on from there.
func TestRotateMeetsAConflict(t *testing.T) {
	for _, object := range []struct{ cluster, request string }{
		{"west", "apply secrets istio-system/mesh-reader-east-token-2"},
		{"east", "apply secrets istio-system/istio-remote-secret-west"},
	} {
		h := rolledOut(t, testmesh.Both)
		old := h.held()
		conflict := func(request fakeapi.Request) any {
			if strings.HasSuffix(request.String(), object.request) && !request.Force {
				return fakeapi.Conflict("helm", ".metadata.labels")
			}
			return nil
		}
		h.East.Intercept(conflict)
		h.West.Intercept(conflict)
		said := h.Problems(reader.Rotate(t.Context(), h.rotation()))
		if len(said) != 1 || !strings.HasPrefix(said[0], object.cluster+": ") || !strings.Contains(said[0], "helm") ||
			!strings.HasSuffix(said[0], " | the old credential is unchanged; to continue: "+rotate+" --apply") {
			t.Errorf("%s: said %q", object.request, said)
		}
		if h.held() != old || h.issued("1") != old {
			t.Errorf("%s: east has %q, west knows %q, want %q", object.request, h.held(), h.issued("1"), old)
		}
		in := h.rotation()
		in.ForceConflicts = true
		if err := reader.Rotate(t.Context(), in); err != nil || h.held() != h.issued("2") || !slices.Equal(h.counting(), []int32{2}) {
			t.Errorf("%s: with force: %q; east has %q, west knows %q", object.request, h.Problems(err), h.held(), h.issued("2"))
		}
	}
}

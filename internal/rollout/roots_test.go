package rollout_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/internal/authority"
	"github.com/kubectl-mesh/kubectl-mesh/internal/rollout"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/testmesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// issue gives every cluster certificates below a root of the mesh.
func (h *fixture) issue() {
	h.t.Helper()
	ws, _ := h.Open()
	a, err := authority.Open(authority.Input{Workspace: ws, Now: time.Now(), Log: h.Log})
	if err == nil {
		err = a.Init(h.t.Context(), trust.P256, true)
	}
	if err != nil {
		h.t.Fatal(err)
	}
	ws, _ = h.Open()
	a, err = authority.Open(authority.Input{Workspace: ws, Now: time.Now(), Log: h.Log})
	if err == nil {
		err = a.Issue(h.t.Context(), authority.Members{All: true}, trust.P256, 24*time.Hour)
	}
	if err != nil {
		h.t.Fatal(err)
	}
}

// trusting has the workloads of east trust some roots.
func (h *fixture) trusting(roots string) {
	h.East.Put("{apiVersion: v1, kind: ConfigMap, metadata: {namespace: istio-system, name: istio-ca-root-cert}, data: {root-cert.pem: " +
		fmt.Sprintf("%q", roots) + "}}")
}

// TestRootsAreNotReplacedInOneStep: the roots that a cluster runs with are known before anything is written anywhere.
func TestRootsAreNotReplacedInOneStep(t *testing.T) {
	key, err := trust.NewKey(trust.P256)
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := trust.NewRoot("istiod", key, 1, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	other := string(trust.EncodeCertificates(foreign.Certificate))
	refused := []string{"east: its workloads trust no root of the certificates to apply: SHA-256 " + trust.Fingerprint(foreign.Certificate) +
		" | restore its current root in trust/ and rotate it: kubectl mesh ca rotate --root; " +
		"or trust it in addition to the new one: kubectl mesh ca trust; if no workload is in the mesh yet, waive MESH080 for east | " + nothingWasChanged}
	for name, test := range map[string]struct {
		trusts func(ours string) string
		spec   string
		want   []string
	}{
		"a root of its own":     {trusts: func(string) string { return other }, want: refused},
		"waived":                {trusts: func(string) string { return other }, spec: "  waivers: [{rule: MESH080, clusters: [east], reason: no workload yet}]\n"},
		"both, in a rotation":   {trusts: func(ours string) string { return other + ours }},
		"the root of the mesh":  {trusts: func(ours string) string { return ours }},
		"none, without istiod":  {trusts: func(string) string { return "" }},
		"waived in another one": {trusts: func(string) string { return other }, spec: "  waivers: [{rule: MESH080, clusters: [west], reason: no workload yet}]\n", want: refused},
	} {
		t.Run(name, func(t *testing.T) {
			h := newFixture(t, testmesh.Both)
			h.apply(h.input("east", "west"))
			h.Write("mesh.yaml", strings.Replace(testmesh.Signing, "spec:\n", "spec:\n"+test.spec, 1))
			h.issue()
			if roots := test.trusts(h.Files()["trust/root-cert.pem"]); roots != "" {
				h.trusting(roots)
			}
			h.East.Changes()
			h.West.Changes()
			_, err := rollout.Apply(t.Context(), h.input("east", "west"))
			if diff := cmp.Diff(test.want, h.Problems(err)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if changed := append(h.East.Changes(), h.West.Changes()...); test.want != nil && len(changed) > 0 {
				t.Errorf("changed %v", changed)
			}
		})
	}
}

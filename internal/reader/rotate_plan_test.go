package reader_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/internal/reader"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/testmesh"
)

// offline is a workspace without any server: east reads west, which has further fields.
func offline(t *testing.T, west string) *fixture {
	t.Helper()
	return &fixture{Fixture: testmesh.Offline(t, westWith(west)), t: t}
}

// planned is the plan of a rotation, a line for each step: where, what.
func (h *fixture) planned(in reader.RotateInput) []string {
	h.t.Helper()
	steps, err := reader.PlanRotation(in)
	if err != nil {
		h.t.Fatal(h.Problems(err))
	}
	var lines []string
	for _, step := range steps {
		line := step.Location + ": " + step.Action
		if step.Done {
			line += " (done)"
		}
		if step.Effect == "" || step.Undo == "" && step.Action != "restart istiod" || step.Verification == "" || step.Link != "east-west" {
			h.t.Errorf("%s: says %+v", line, step)
		}
		lines = append(lines, line)
	}
	return lines
}

// TestPlanRotation: the plan of each kind of credential, from mesh.yaml alone.
func TestPlanRotation(t *testing.T) {
	const (
		begin    = "(here): record generation 2 in addition to generation 1"
		call     = "east: call west with the remote secret's credential"
		ask      = "east: ask each istiod pod for the endpoints of west"
		alone    = "(here): record only generation 2"
		bindings = "RoleBinding istio-system/mesh-reader-east, ClusterRoleBinding mesh-reader-east"
		fetch    = "west: get the token from Secret istio-system/mesh-reader-east-token-2"
		bring    = "east: apply Secret istio-system/istio-remote-secret-west with generation 2"
		public   = "east: apply what east has for west, which contains no secret"
		end      = "west: remove Secret istio-system/mesh-reader-east-token-1"
		roles    = "Role istio-system/mesh-reader, ClusterRole mesh-reader, "
		user     = "west: apply " + roles + bindings
		first    = "west: apply ServiceAccount istio-system/mesh-reader-east, " + roles + bindings
		account  = first + ", Secret istio-system/mesh-reader-east-token-1, Secret istio-system/mesh-reader-east-token-2"
		again    = first + ", Secret istio-system/mesh-reader-east-token-2"
	)
	for _, test := range []struct {
		name, reader string
		change       func(*reader.RotateInput)
		want         []string
	}{
		{"token", "", nil, []string{begin, account, fetch,
			bring, call, ask,
			end, alone}},
		{"client certificate", "reader: {auth: clientCertificate}", nil, []string{begin, user,
			"west: create a key, and have its certificate signed: user mesh:east:2",
			bring, call, ask,
			"west: apply " + bindings, alone}},
		{"external", "reader: {auth: external, external: {secretStoreRef: {name: vault}}}", nil, []string{begin, account,
			public,
			"(store): store the token of Secret istio-system/mesh-reader-east-token-2 in west as property token of entry shop/west/mesh-reader-east; " +
				"External Secrets picks it up within 15 minutes", call, ask, end, alone}},
		{"federated, after a revocation", "reader: {auth: federated}, revokedReaders: {east: 1}", nil, []string{"(here): record generation 2", user,
			public}},
		{"a token, after a revocation", "revokedReaders: {east: 1}", nil, []string{"(here): record generation 2", again,
			fetch, bring, call}},
		{"istiod is not asked", "", func(in *reader.RotateInput) { in.Offline = true }, []string{begin, account,
			fetch, bring, call,
			end, alone}},
		{"begun by an earlier run", "readerGenerations: {east: [1, 2]}", nil, []string{begin + " (done)", account,
			fetch, bring, call, ask,
			end, alone}},
	} {
		h := offline(t, test.reader)
		in := h.rotation()
		if test.change != nil {
			test.change(&in)
		}
		got := h.planned(in)
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
		if files := h.Files(); len(files) > 0 {
			t.Errorf("%s: a plan wrote %v", test.name, files)
		}
	}
}

// TestPlanSaysHow: each step of the plan of a token, as a person reads it.
func TestPlanSaysHow(t *testing.T) {
	h := offline(t, "")
	in := h.rotation()
	in.AcceptRestart = true
	steps, err := reader.PlanRotation(in)
	if err != nil {
		t.Fatal(err)
	}
	const abort = "kubectl mesh credentials rotate --link east-west -f mesh.yaml --abort"
	want := `1. (here): record generation 2 in addition to generation 1
     effect:      both are rendered until one of them is dropped
     verified by: kubectl mesh credentials status -f mesh.yaml
     undone by:   ` + abort + `
`
	if text := h.Normalize(steps.String()); !strings.HasPrefix(text, want) || !strings.HasSuffix(text, "     undone by:   not possible: begin another rotation\n") {
		t.Errorf("got\n%s", text)
	}
}

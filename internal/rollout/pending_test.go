package rollout_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/internal/rollout"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/fakeapi"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/testmesh"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
)

const (
	namespace = "{apiVersion: v1, kind: Namespace, metadata: {name: istio-system}}"
	noTokenOf = "Secret istio-system/istio-remote-secret-west: the token in Secret istio-system/mesh-reader-east-token-1 of west does not exist yet"
)

// warnings are those about east.
func (h *fixture) warnings() []string {
	return slices.DeleteFunc(slices.Clone(h.Messages), func(line string) bool { return !strings.HasPrefix(line, "warning: east: ") })
}

// TestNotChecked: a dry run names what it cannot ask about yet, and why, and is incomplete.
func TestNotChecked(t *testing.T) {
	for _, test := range []struct {
		name, mesh string
		prepare    func(*fixture)
		want       []string
	}{
		{"there is no namespace", testmesh.Both, func(*fixture) {}, []string{
			"ServiceAccount istio-system/mesh-reader-west, Role istio-system/mesh-reader, RoleBinding istio-system/mesh-reader-west, " +
				"Secret istio-system/mesh-reader-west-token-1: namespace istio-system does not exist yet", noTokenOf}},
		{"there is no token", testmesh.Both, func(h *fixture) { h.East.Put(namespace) }, []string{noTokenOf}},
		{"there is no CRD", guarded, func(h *fixture) {
			h.apply(h.input("east", "west"))
			h.East.Lacks = []string{"validatingadmissionpolicies"}
		}, []string{"ValidatingAdmissionPolicy mesh-remote-secrets: the cluster has no kind ValidatingAdmissionPolicy of " +
			"admissionregistration.k8s.io/v1 | install the CRD of ValidatingAdmissionPolicy first"}},
	} {
		h := newFixture(t, test.mesh)
		test.prepare(h)
		h.East.Changes()
		reports := h.dryRun(h.input("east", "west"), verdict.ErrIncomplete)
		var want []string
		for _, line := range test.want {
			want = append(want, "warning: east: not checked: "+line)
		}
		if diff := cmp.Diff(want, h.warnings()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
		marked := 0
		for _, change := range reports[0].Changes {
			if change.NotChecked != "" {
				marked++
			}
		}
		if want := strings.Count(strings.Join(test.want, ""), ", ") + len(test.want); marked != want {
			t.Errorf("%s: marked in the report: got %d, want %d", test.name, marked, want)
		}
		if changes := h.East.Changes(); len(changes) > 0 {
			t.Errorf("%s: changed: %v", test.name, changes)
		}
	}
}

// TestNotCheckedOfAnother: the token comes from a cluster that the run is not for.
func TestNotCheckedOfAnother(t *testing.T) {
	h := newFixture(t, testmesh.Both)
	h.East.Put(namespace)
	h.dryRun(h.input("east"), verdict.ErrIncomplete)
	want := []string{"warning: east: held back: Secret istio-system/istio-remote-secret-west: get the token of east for west: " +
		`read token secret: secrets "mesh-reader-east-token-1" not found | apply west first, or in the same run: omit --cluster`}
	if diff := cmp.Diff(want, h.warnings()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestChecked: nothing is left out of a second look.
func TestChecked(t *testing.T) {
	h := newFixture(t, testmesh.Both)
	for _, report := range h.apply(h.input("east", "west")) {
		for _, change := range report.Changes {
			if change.NotChecked != "" {
				t.Errorf("%s: %s was applied, and not checked: %s", report.Cluster, change.Ref, change.NotChecked)
			}
		}
	}
	h.dryRun(h.input("east", "west"), nil)
	if found, err := rollout.Diff(t.Context(), h.input("east", "west")); err != nil || len(h.Messages) > 0 {
		t.Errorf("diff: got %v, %v, messages %v", found, err, h.Messages)
	}
}

// TestConflictOverLateSecret: a remote secret is another field manager's, and the token for it does not exist
// yet. That is known before the first change of any cluster, and in a dry run.
func TestConflictOverLateSecret(t *testing.T) {
	h := newFixture(t, testmesh.Both)
	h.East.Put(namespace)
	h.East.On(fakeapi.Conflict("argocd", ".data.west"), "dry-run apply secrets istio-system/istio-remote-secret-west")
	conflict := "east: Secret istio-system/istio-remote-secret-west: 1 field conflict\n  .data.west: conflict with \"argocd\"" +
		" | change the field where its owner sets it, or take ownership with --force-conflicts"
	_, err := rollout.Apply(t.Context(), h.input("east", "west"))
	if diff := cmp.Diff([]string{conflict + " | nothing was changed in any cluster"}, h.Problems(err)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if changes := slices.Concat(h.East.Changes(), h.West.Changes()); len(changes) > 0 {
		t.Errorf("changed: %v", changes)
	}
	in := h.input("east", "west")
	in.DryRun = true
	if _, err := rollout.Apply(t.Context(), in); !cmp.Equal([]string{conflict}, h.Problems(err)) || errors.Is(err, verdict.ErrIncomplete) {
		t.Errorf("the dry run says %q", h.Problems(err))
	}
}

// TestAllConflicts: those over what holds a credential come together with the others.
func TestAllConflicts(t *testing.T) {
	h := newFixture(t, testmesh.Both)
	h.apply(h.input("east", "west"))
	h.East.On(fakeapi.Conflict("helm", ".x"), "dry-run apply clusterroles mesh-reader", "dry-run apply secrets istio-system/istio-remote-secret-west")
	in := h.input("east", "west")
	in.DryRun = true
	_, err := rollout.Apply(t.Context(), in)
	var got []string
	for _, line := range h.Problems(err) {
		got = append(got, strings.SplitN(line, ": 1 field", 2)[0])
	}
	if diff := cmp.Diff([]string{"east: ClusterRole mesh-reader", "east: Secret istio-system/istio-remote-secret-west"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

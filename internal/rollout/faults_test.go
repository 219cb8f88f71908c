package rollout_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/kubectl-mesh/kubectl-mesh/internal/rollout"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/fakeapi"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/testmesh"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
)

// TestConflict: fields of another manager stop the whole rollout before the first change anywhere. A dry run
// tells of the other clusters too.
func TestConflict(t *testing.T) {
	h := newFixture(t, testmesh.Both)
	h.East.On(fakeapi.Conflict("helm", ".rules", ".metadata.labels.app"), "dry-run apply clusterroles mesh-reader")
	conflict := "east: ClusterRole mesh-reader: 2 field conflicts\n  .metadata.labels.app: conflict with \"helm\"\n" +
		"  .rules: conflict with \"helm\" | change the field where its owner sets it, or take ownership with --force-conflicts"
	reports, err := rollout.Apply(t.Context(), h.input("east", "west"))
	if diff := cmp.Diff([]string{conflict + " | nothing was changed in any cluster"}, h.Problems(err)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if changes := slices.Concat(h.East.Changes(), h.West.Changes()); len(changes) > 0 || len(reports) > 0 {
		t.Errorf("changed: %v; reports: %v", changes, reports)
	}
	in := h.input("east", "west")
	in.DryRun = true
	if _, err := rollout.Apply(t.Context(), in); !cmp.Equal([]string{conflict}, h.Problems(err)) {
		t.Errorf("the dry run says %q", h.Problems(err))
	}
}

// TestForceConflicts is what the remedy says.
func TestForceConflicts(t *testing.T) {
	h := newFixture(t, testmesh.Both)
	h.East.Intercept(func(request fakeapi.Request) any {
		if request.Resource == "clusterroles" && request.Verb == "apply" && !request.Force {
			return fakeapi.Conflict("helm", ".rules")
		}
		return nil
	})
	in := h.input("east", "west")
	in.ForceConflicts = true
	h.apply(in)
}

// TestConflictBehindThePlan: somebody was faster than the apply.
func TestConflictBehindThePlan(t *testing.T) {
	h := newFixture(t, testmesh.Both)
	h.East.On(fakeapi.Conflict("argocd", ".subjects"), "apply rolebindings istio-system/mesh-reader-west")
	reports, err := rollout.Apply(t.Context(), h.input("east", "west"))
	if err == nil {
		t.Fatal("no error")
	}
	if got, want := reports[0].Summary(), "4 created, 0 changed, 0 unchanged, then stopped: 4 not applied"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	want := []string{"RoleBinding istio-system/mesh-reader-west", "ClusterRoleBinding mesh-reader-west",
		"Secret istio-system/mesh-reader-west-token-1", "Secret istio-system/istio-remote-secret-west"}
	var left []string
	for _, ref := range reports[0].NotApplied {
		left = append(left, ref.String())
	}
	if diff := cmp.Diff(want, left); diff != "" {
		t.Errorf("left (-want +got):\n%s", diff)
	}
}

// TestLeft: what is as it should be was not still to be applied.
func TestLeft(t *testing.T) {
	h := newFixture(t, testmesh.Both)
	h.apply(h.input("east", "west"))
	h.East.Remove("serviceaccounts", "istio-system/mesh-reader-west")
	h.East.On(apierrors.NewInternalError(errors.New("etcd is gone")), "apply serviceaccounts istio-system/mesh-reader-west")
	reports, err := rollout.Apply(t.Context(), h.input("east", "west"))
	if err == nil || len(reports[0].NotApplied) != 1 || reports[0].NotApplied[0].String() != "ServiceAccount istio-system/mesh-reader-west" {
		t.Errorf("got %v, %v", reports[0].NotApplied, err)
	}
}

// TestResume: wherever a run is cut off or fails, the inventory knows all that is there, and the same
// command finishes it.
func TestResume(t *testing.T) {
	whole := newFixture(t, testmesh.Both)
	whole.apply(whole.input("east", "west"))
	steps := len(whole.East.Changes())
	for step := range steps {
		for _, interrupted := range []bool{true, false} {
			h := newFixture(t, testmesh.Both)
			ctx, cancel := context.WithCancel(t.Context())
			h.East.Intercept(nth(step, func() any {
				if interrupted {
					cancel()
					return nil // the API server does it all the same
				}
				return apierrors.NewInternalError(errors.New("etcd is gone"))
			}))
			_, err := rollout.Apply(ctx, h.input("east", "west"))
			cancel()
			h.East.Intercept(nil)
			// The last request of all writes down what is done already, and a run that is interrupted writes it too.
			if got := errors.Is(err, verdict.ErrInterrupted); got != interrupted || err == nil {
				t.Errorf("step %d, interrupted %t: got %v", step, interrupted, err)
			}
			known, announced := h.inventory(h.East)
			unsettled := 0
			for _, name := range ours(h.East) {
				if name != "Namespace istio-system" && !slices.Contains(known, name) {
					t.Errorf("step %d, interrupted %t: the inventory knows nothing of %s", step, interrupted, name)
				}
				if slices.Contains(announced, name) {
					unsettled++
				}
			}
			// Of one request nobody knows what came of it. The last one is what writes down the others.
			if unsettled > 1 && step < steps-1 {
				t.Errorf("step %d, interrupted %t: %d objects are there and only announced: %v", step, interrupted, unsettled, announced)
			}
			h.apply(h.input("east", "west"))
			if diff := cmp.Diff(ours(whole.East), ours(h.East)); diff != "" {
				t.Errorf("step %d, interrupted %t: east in the end (-want +got):\n%s", step, interrupted, diff)
			}
			known, announced = h.inventory(h.East)
			if diff := cmp.Diff(ours(h.East), known); diff != "" || announced != nil {
				t.Errorf("step %d, interrupted %t: the inventory; only announced are %v (-there +known):\n%s", step, interrupted, announced, diff)
			}
		}
	}
}

// TestResumeWaiting: everything was there but the token, so the next run has the remote secret to bring.
func TestResumeWaiting(t *testing.T) {
	h := newFixture(t, testmesh.Both)
	h.West.SlowTokens = 1000
	ctx, cancel := context.WithCancel(t.Context())
	reads := 0
	h.West.Intercept(func(request fakeapi.Request) any {
		if request.String() == "get secrets istio-system/mesh-reader-east-token-1" {
			if reads++; reads == 4 {
				cancel()
			}
		}
		return nil
	})
	if _, err := rollout.Apply(ctx, h.input("east", "west")); !errors.Is(err, verdict.ErrInterrupted) || h.tokenIn(h.East, "west") != "" {
		t.Fatalf("got %v, and east has %q", err, h.tokenIn(h.East, "west"))
	}
	h.West.SlowTokens = 6 // the next plan sees none, and the wait one
	h.apply(h.input("east", "west"))
	if h.tokenIn(h.East, "west") == "" {
		t.Error("east has no remote secret")
	}
}

// nth answers one of the requests that change something, counted from 0.
func nth(n int, answer func() any) func(fakeapi.Request) any {
	seen := 0
	return func(request fakeapi.Request) any {
		if request.Verb != "apply" || request.DryRun {
			return nil
		}
		if seen++; seen != n+1 {
			return nil
		}
		return answer()
	}
}

// TestMissingKinds names what must be installed first, and how.
func TestMissingKinds(t *testing.T) {
	h := newFixture(t, testmesh.Mesh+testmesh.Quiet+"  admissionPolicy: true\n  clusters:\n"+testmesh.East+testmesh.West)
	h.East.Lacks = []string{"validatingadmissionpolicies", "validatingadmissionpolicybindings"}
	_, err := rollout.Apply(t.Context(), h.input("east"))
	want := []string{"east: the cluster has no kind ValidatingAdmissionPolicy of admissionregistration.k8s.io/v1, " +
		"ValidatingAdmissionPolicyBinding of admissionregistration.k8s.io/v1 | install the CRD of ValidatingAdmissionPolicy first | " +
		"install the CRD of ValidatingAdmissionPolicyBinding first"}
	if diff := cmp.Diff(want, h.Problems(err)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

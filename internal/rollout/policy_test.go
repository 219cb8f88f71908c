package rollout_test

import (
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

const guarded = testmesh.Mesh + testmesh.Quiet + "  admissionPolicy: true\n  clusters:\n" + testmesh.East + testmesh.West

// refusal is how an API server says that the policy for remote secrets does not let an object in.
func refusal(request fakeapi.Request) error {
	return apierrors.NewForbidden(request.GroupResource(), request.Name,
		errors.New("ValidatingAdmissionPolicy 'mesh-remote-secrets' with binding 'mesh-remote-secrets' denied request: not of this mesh"))
}

// TestPolicyFirst: the policy has to know of a remote secret before it comes.
func TestPolicyFirst(t *testing.T) {
	h := newFixture(t, guarded)
	h.apply(h.input("east", "west"))
	changes := h.East.Changes()
	last := slices.Index(changes, "apply secrets istio-system/istio-remote-secret-west")
	for _, name := range []string{"validatingadmissionpolicies", "validatingadmissionpolicybindings"} {
		if i := slices.Index(changes, "apply "+name+" mesh-remote-secrets"); i < 0 || i > last {
			t.Errorf("%s comes at %d, and the remote secret at %d: %v", name, i, last, changes)
		}
	}
}

// TestGuardedIsAnnounced: a remote secret without a credential waits for the policy too, and the inventory
// knows of it from the beginning.
func TestGuardedIsAnnounced(t *testing.T) {
	h := newFixture(t, testmesh.Mesh+"  trust: {ca: {provider: none}}\n  admissionPolicy: true\n  reader: {auth: federated}\n  clusters:\n"+testmesh.East+testmesh.West)
	h.East.On(apierrors.NewInternalError(errors.New("etcd is gone")), "apply secrets istio-system/istio-remote-secret-west")
	if _, err := rollout.Apply(t.Context(), h.input("east")); err == nil {
		t.Fatal("no error")
	}
	const name = "Secret istio-system/istio-remote-secret-west"
	if known, announced := h.inventory(h.East); !slices.Contains(known, name) || !slices.Contains(announced, name) {
		t.Errorf("the inventory knows %v, announced are %v", known, announced)
	}
	h.East.Intercept(nil)
	h.apply(h.input("east"))
	if known, announced := h.inventory(h.East); !slices.Contains(known, name) || announced != nil {
		t.Errorf("in the end the inventory knows %v, announced are %v", known, announced)
	}
}

// TestPolicyTakesAMoment: by the policy of before an API server refuses a remote secret, and it goes by the
// new one only a moment after that was applied.
func TestPolicyTakesAMoment(t *testing.T) {
	h := newFixture(t, guarded)
	h.apply(h.input("east", "west"))
	h.East.Put("{apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingAdmissionPolicy, metadata: {name: mesh-remote-secrets, " +
		"labels: {app.kubernetes.io/managed-by: kubectl-mesh, kubectl-mesh.dev/mesh: shop}}}")
	refusals := -1 // of the old policy, without end
	h.East.Intercept(func(request fakeapi.Request) any {
		switch request.String() {
		case "apply validatingadmissionpolicies mesh-remote-secrets":
			refusals = 1
		case "dry-run apply secrets istio-system/istio-remote-secret-west":
			if refusals != 0 {
				refusals--
				return refusal(request)
			}
		}
		return nil
	})
	reports := h.apply(h.input("east", "west"))
	if got, want := reports[0].Summary(), "0 created, 1 changed, 9 unchanged"; got != want || refusals != 0 {
		t.Errorf("got %q, want %q; %d refusals are left", got, want, refusals)
	}
}

// TestForgottenPolicy: what guards remote secrets is not in the mesh any more, and still in the cluster.
func TestForgottenPolicy(t *testing.T) {
	h := newFixture(t, testmesh.Both)
	h.applyWest()
	h.East.Put("{apiVersion: v1, kind: Namespace, metadata: {name: istio-system}}")
	h.East.Intercept(func(request fakeapi.Request) any {
		if request.String() == "dry-run apply secrets istio-system/istio-remote-secret-west" {
			return refusal(request)
		}
		return nil
	})
	_, err := rollout.Apply(t.Context(), h.input("east"))
	want := []string{`east: apply Secret istio-system/istio-remote-secret-west: secrets "istio-remote-secret-west" is forbidden: ` +
		"ValidatingAdmissionPolicy 'mesh-remote-secrets' with binding 'mesh-remote-secrets' denied request: not of this mesh | " +
		"the policy is no longer in the mesh; delete its binding in east: kubectl --context=prod-east delete validatingadmissionpolicybinding mesh-remote-secrets"}
	if diff := cmp.Diff(want, h.Problems(err)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestUnmanaged: istiod reads every remote secret, also one that the mesh did not create.
func TestUnmanaged(t *testing.T) {
	h := newFixture(t, testmesh.Both)
	h.East.Put("{apiVersion: v1, kind: Namespace, metadata: {name: istio-system}}")
	h.East.Put("{apiVersion: v1, kind: Secret, metadata: {namespace: istio-system, name: istio-remote-secret-north, labels: {istio/multiCluster: 'true'}}, " +
		"data: {north: '', northwest: ''}}")
	h.East.Put("{apiVersion: v1, kind: Secret, metadata: {namespace: istio-system, name: managed, " +
		"labels: {istio/multiCluster: 'true', istio.io/owned-by: mesh.googleapis.com}}, data: {south: ''}}")
	reports := h.dryRun(h.input("east", "west"), verdict.ErrIncomplete)
	want := []string{
		"warning: east: Secret istio-system/istio-remote-secret-north (clusters north, northwest) was not created by this mesh, and istiod reads it | " +
			"if it is not needed: kubectl --kubeconfig=CONFIG --context=prod-east -n istio-system delete secret istio-remote-secret-north",
		"warning: east: Secret istio-system/managed (clusters south) was created by Google's managed mesh, and istiod reads it | " +
			"if it is not needed: kubectl --kubeconfig=CONFIG --context=prod-east -n istio-system delete secret managed"}
	if diff := cmp.Diff(want, h.warnings()[1:]); diff != "" || len(reports[0].Unmanaged) != 2 {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

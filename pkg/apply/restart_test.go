package apply

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/fakeapi"
)

const (
	getIstiod   = "get deployments istio-system/istiod"
	patchIstiod = "apply deployments istio-system/istiod"
)

func noon() time.Time { return time.Date(2026, 6, 1, 12, 0, 0, 500, time.UTC) }

// istiod is a cluster with an istiod of rollout 1.
func istiod(t *testing.T, stuck bool) (*fakeapi.Server, *fakeapi.Istiod) {
	t.Helper()
	server, deployed := newCluster(t), &fakeapi.Istiod{Version: "1.30.3", Stuck: stuck}
	server.Intercept(deployed.Answer)
	return server, deployed
}

// TestRestart changes the pod template as kubectl does, and looks whether the pods are new.
func TestRestart(t *testing.T) {
	server, deployed := istiod(t, false)
	var sent string
	server.Intercept(func(request fakeapi.Request) any {
		if request.String() == patchIstiod {
			sent = string(request.Body)
		}
		return deployed.Answer(request)
	})
	restart := Restart{Namespace: namespace, Name: "istiod", Rollout: "1", At: noon()}
	if err := begin(t, server).Restart(t.Context(), restart); err != nil {
		t.Fatal(err)
	}
	want := `{"spec":{"template":{"metadata":{"annotations":{"kubectl.kubernetes.io/restartedAt":"2026-06-01T12:00:00Z"}}}}}`
	if sent != want || deployed.Restarts() != 1 {
		t.Errorf("restarted %d times with %s, want %s", deployed.Restarts(), sent, want)
	}
	if diff := cmp.Diff([]string{getIstiod, patchIstiod, getIstiod}, server.Requests()); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

// TestRestartOfAnotherRollout: where the pods were replaced since, it is not done again, and still awaited.
func TestRestartOfAnotherRollout(t *testing.T) {
	for rollout, want := range map[string][]string{
		"":  {getIstiod, patchIstiod, getIstiod}, // whatever there is
		"1": {getIstiod, getIstiod},
		"2": {getIstiod, patchIstiod, getIstiod},
	} {
		server, deployed := istiod(t, false)
		deployed.Restart()
		if err := begin(t, server).Restart(t.Context(), Restart{Namespace: namespace, Name: "istiod", Rollout: rollout, At: noon()}); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, server.Requests()); diff != "" {
			t.Errorf("rollout %q: requests (-want +got):\n%s", rollout, diff)
		}
	}
}

// TestRestartUnavailable: the patience of the caller ends, and what was seen last says why.
func TestRestartUnavailable(t *testing.T) {
	for name, test := range map[string]struct {
		answer any
		want   string
	}{
		"the controller does nothing": {nil, "its controller has not seen the restart"},
		"it cannot be asked": {apierrors.NewForbidden(schema.GroupResource{Group: "apps", Resource: "deployments"}, "istiod", errors.New("no")),
			`deployments.apps "istiod" is forbidden: no`},
	} {
		server, deployed := istiod(t, true)
		ctx, cancel := context.WithCancel(t.Context())
		looks := 0
		server.Intercept(func(request fakeapi.Request) any {
			if deployed.Restarts() > 0 {
				if looks++; looks == 2 {
					cancel()
				}
				if test.answer != nil {
					return test.answer
				}
			}
			return deployed.Answer(request)
		})
		err := begin(t, server).Restart(ctx, Restart{Namespace: namespace, Name: "istiod", At: noon()})
		if want := "Deployment istio-system/istiod was restarted but is not available: " + test.want; said(err) != want {
			t.Errorf("%s: got %v, want %s", name, err, want)
		}
	}
}

// TestRestartFails before anything is changed, or with the change.
func TestRestartFails(t *testing.T) {
	for request, want := range map[string]string{
		getIstiod:   "restart Deployment istio-system/istiod: Internal error occurred: etcd is gone",
		patchIstiod: "restart Deployment istio-system/istiod: Internal error occurred: etcd is gone",
	} {
		server, deployed := istiod(t, false)
		server.Intercept(func(r fakeapi.Request) any {
			if r.String() == request {
				return apierrors.NewInternalError(errors.New("etcd is gone"))
			}
			return deployed.Answer(r)
		})
		if err := begin(t, server).Restart(t.Context(), Restart{Namespace: namespace, Name: "istiod", At: noon()}); said(err) != want {
			t.Errorf("%s: got %v, want %s", request, err, want)
		}
	}
}

// TestRestartOfTheSameSecond: the annotation counts seconds, and one that stays the same restarts nothing.
func TestRestartOfTheSameSecond(t *testing.T) {
	for name, test := range map[string]struct{ last, want string }{
		"never restarted":           {want: "2026-06-01T12:00:00Z"},
		"restarted earlier":         {last: "2026-06-01T11:59:59Z", want: "2026-06-01T12:00:00Z"},
		"restarted in this second":  {last: "2026-06-01T12:00:00Z", want: "2026-06-01T12:00:01Z"},
		"restarted by another zone": {last: "2026-06-01T14:00:00+02:00", want: "2026-06-01T12:00:00Z"},
	} {
		deployment := &unstructured.Unstructured{Object: map[string]any{}}
		if test.last != "" {
			if err := unstructured.SetNestedField(deployment.Object, test.last, "spec", "template", "metadata", "annotations", restartedAt); err != nil {
				t.Fatal(err)
			}
		}
		if got := otherTime(deployment, noon()); got != test.want {
			t.Errorf("%s: got %s, want %s", name, got, test.want)
		}
	}
}

// TestUnfinished follows the rules of kubectl rollout status, one after the other.
func TestUnfinished(t *testing.T) {
	three := int32(3)
	for want, test := range map[string]struct {
		replicas *int32
		status   appsv1.DeploymentStatus
	}{
		"its controller has not seen the restart": {&three, appsv1.DeploymentStatus{ObservedGeneration: 1, Replicas: 3, UpdatedReplicas: 3, AvailableReplicas: 3}},
		"2 of 3 pods are new":                     {&three, appsv1.DeploymentStatus{ObservedGeneration: 2, Replicas: 3, UpdatedReplicas: 2, AvailableReplicas: 3}},
		"0 of 1 pods are new":                     {nil, appsv1.DeploymentStatus{ObservedGeneration: 2}},
		"1 old pods are still running":            {&three, appsv1.DeploymentStatus{ObservedGeneration: 2, Replicas: 4, UpdatedReplicas: 3, AvailableReplicas: 3}},
		"2 of 3 pods are available":               {&three, appsv1.DeploymentStatus{ObservedGeneration: 2, Replicas: 3, UpdatedReplicas: 3, AvailableReplicas: 2}},
		"":                                        {&three, appsv1.DeploymentStatus{ObservedGeneration: 3, Replicas: 3, UpdatedReplicas: 3, AvailableReplicas: 3}},
	} {
		deployment := &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Generation: 2}, Spec: appsv1.DeploymentSpec{Replicas: test.replicas}, Status: test.status}
		if got := unfinished(deployment, deployment.Generation); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// TestEncodedChange: a change as -o json shows it holds no object, and so no secret.
func TestEncodedChange(t *testing.T) {
	change := Change{Ref: secret("s"), Action: ActionCreate, Live: secretObject(map[string]any{"token": "CANARY"}), Merged: secretObject(map[string]any{"token": "CANARY"})}
	text, err := json.Marshal(change)
	want := `{"apiVersion":"v1","kind":"Secret","namespace":"istio-system","name":"s","action":"create"}`
	if err != nil || string(text) != want {
		t.Errorf("got %s, %v; want %s", text, err, want)
	}
}

package apply

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/dynamic"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

const (
	// restartedAt is the annotation that kubectl rollout restart sets.
	restartedAt = "kubectl.kubernetes.io/restartedAt"
	// rolloutOf is the annotation in which the Deployment controller counts rollouts (k8s.io/kubernetes
	// pkg/controller/deployment/util/deployment_util.go).
	rolloutOf = "deployment.kubernetes.io/revision"
	// rolloutInterval is how often a Deployment's status is polled.
	rolloutInterval = 500 * time.Millisecond
)

// Restart identifies a Deployment whose pods are replaced.
type Restart struct {
	Namespace, Name string
	// Rollout is the Deployment's revision to replace. If the Deployment has another one, it was already restarted and is
	// only awaited. Empty restarts any revision.
	Rollout string
	// At is written as the time of the restart.
	At time.Time
}

// Restart replaces the pods of a Deployment, like kubectl rollout restart, and waits until all are new and available.
// The context bounds the wait.
func (s *Session) Restart(ctx context.Context, restart Restart) error {
	kind := appsv1.SchemeGroupVersion.WithKind("Deployment")
	deployments, err := s.client.resource(kind, restart.Namespace)
	if err != nil {
		return fmt.Errorf("restart Deployment %s/%s: %w", restart.Namespace, restart.Name, err)
	}
	live, err := deployments.Get(ctx, restart.Name, metav1.GetOptions{})
	if err == nil && (restart.Rollout == "" || restart.Rollout == live.GetAnnotations()[rolloutOf]) {
		live, err = restartPods(ctx, deployments, live, restart.At)
	}
	if err != nil {
		return fmt.Errorf("restart Deployment %s/%s: %w", restart.Namespace, restart.Name, err)
	}
	return restart.await(ctx, deployments, live.GetGeneration())
}

// restartPods changes the pod template, which replaces all pods.
func restartPods(
	ctx context.Context, deployments dynamic.ResourceInterface, live *unstructured.Unstructured, at time.Time,
) (*unstructured.Unstructured, error) {
	annotations := map[string]string{restartedAt: otherTime(live, at)}
	patch, err := json.Marshal(map[string]any{"spec": map[string]any{"template": map[string]any{
		"metadata": map[string]any{"annotations": annotations}}}})
	if err != nil {
		return nil, err
	}
	options := metav1.PatchOptions{FieldManager: FieldManager}
	return deployments.Patch(ctx, live.GetName(), types.MergePatchType, patch, options)
}

// await waits until all pods of a generation are available.
func (r Restart) await(ctx context.Context, deployments dynamic.ResourceInterface, generation int64) error {
	last := "it was not contacted"
	err := wait.PollUntilContextCancel(ctx, rolloutInterval, true, func(ctx context.Context) (bool, error) {
		live, err := deployments.Get(ctx, r.Name, metav1.GetOptions{})
		if ctx.Err() != nil {
			return false, ctx.Err() // the last observed status says more
		}
		if err != nil {
			last = err.Error()
			return false, nil //nolint:nilerr // the API server may be busy; the context bounds the retries
		}
		var deployment appsv1.Deployment
		if err := runtime.DefaultUnstructuredConverter.FromUnstructured(live.Object, &deployment); err != nil {
			return false, err
		}
		last = unfinished(&deployment, generation)
		return last == "", nil
	})
	if err != nil {
		return hint.Errorf("find the reason: kubectl -n "+r.Namespace+" rollout status "+shell.Name("deployment/"+r.Name),
			"Deployment %s/%s was restarted but is not available: %s", r.Namespace, r.Name, last)
	}
	return nil
}

// otherTime returns a time that differs from the current annotation: it has a resolution of seconds, and an unchanged
// value restarts nothing.
func otherTime(deployment *unstructured.Unstructured, at time.Time) string {
	last, _, _ := unstructured.NestedString(deployment.Object, "spec", "template", "metadata", "annotations", restartedAt)
	if stamp := at.UTC().Format(time.RFC3339); stamp != last {
		return stamp
	}
	return at.UTC().Add(time.Second).Format(time.RFC3339)
}

// unfinished describes what a rollout still waits for, by kubectl's rules (kubectl
// pkg/polymorphichelpers/rollout_status.go); empty if it is complete.
func unfinished(deployment *appsv1.Deployment, generation int64) string {
	replicas := int32(1)
	if deployment.Spec.Replicas != nil {
		replicas = *deployment.Spec.Replicas
	}
	status := deployment.Status
	switch {
	case status.ObservedGeneration < generation:
		return "its controller has not seen the restart"
	case status.UpdatedReplicas < replicas:
		return fmt.Sprintf("%d of %d pods are new", status.UpdatedReplicas, replicas)
	case status.Replicas > status.UpdatedReplicas:
		return fmt.Sprintf("%d old pods are still running", status.Replicas-status.UpdatedReplicas)
	case status.AvailableReplicas < status.UpdatedReplicas:
		return fmt.Sprintf("%d of %d pods are available", status.AvailableReplicas, status.UpdatedReplicas)
	}
	return ""
}

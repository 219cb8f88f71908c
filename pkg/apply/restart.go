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
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/wait"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

// restartedAt is the annotation of kubectl rollout restart.
const restartedAt = "kubectl.kubernetes.io/restartedAt"

// Restart has the pods of a Deployment replaced, as kubectl rollout restart does, and waits until all of them are new
// and available. The context bounds how long it waits; at is the time that is noted.
func (c *Client) Restart(ctx context.Context, namespace, name string, at time.Time) error {
	deployments := c.dynamic.Resource(schema.GroupVersionResource{Group: "apps", Version: "v1", Resource: "deployments"}).Namespace(namespace)
	before, err := deployments.Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return fmt.Errorf("restart Deployment %s/%s: %w", namespace, name, err)
	}
	patch, err := json.Marshal(map[string]any{"spec": map[string]any{"template": map[string]any{"metadata": map[string]any{
		"annotations": map[string]string{restartedAt: otherTime(before, at)}}}}})
	if err != nil {
		return err
	}
	patched, err := deployments.Patch(ctx, name, types.MergePatchType, patch, metav1.PatchOptions{FieldManager: FieldManager})
	if err != nil {
		return fmt.Errorf("restart Deployment %s/%s: %w", namespace, name, err)
	}
	last := "it was not asked"
	err = wait.PollUntilContextCancel(ctx, rolloutInterval, true, func(ctx context.Context) (bool, error) {
		live, err := deployments.Get(ctx, name, metav1.GetOptions{})
		if err != nil {
			last = err.Error()
			return false, nil //nolint:nilerr // the API server may be busy; the context ends it
		}
		var deployment appsv1.Deployment
		if err := runtime.DefaultUnstructuredConverter.FromUnstructured(live.Object, &deployment); err != nil {
			return false, err
		}
		last = unfinished(&deployment, patched.GetGeneration())
		return last == "", nil
	})
	if err != nil {
		return hint.Errorf("see why: kubectl -n "+namespace+" rollout status "+shell.Name("deployment/"+name),
			"Deployment %s/%s was restarted and is not available: %s", namespace, name, last)
	}
	return nil
}

// otherTime is a time for the annotation that is not there already: the annotation counts seconds, and one that stays the
// same restarts nothing.
func otherTime(deployment *unstructured.Unstructured, at time.Time) string {
	last, _, _ := unstructured.NestedString(deployment.Object, "spec", "template", "metadata", "annotations", restartedAt)
	if stamp := at.UTC().Format(time.RFC3339); stamp != last {
		return stamp
	}
	return at.UTC().Add(time.Second).Format(time.RFC3339)
}

// rolloutInterval is how often a Deployment is asked how far it has come.
const rolloutInterval = time.Second

// unfinished says what a rollout still waits for, by kubectl's rules (kubectl pkg/polymorphichelpers/rollout_status.go);
// empty when it is over.
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
		return fmt.Sprintf("%d old pods have not ended", status.Replicas-status.UpdatedReplicas)
	case status.AvailableReplicas < status.UpdatedReplicas:
		return fmt.Sprintf("%d of %d pods are available", status.AvailableReplicas, status.UpdatedReplicas)
	}
	return ""
}

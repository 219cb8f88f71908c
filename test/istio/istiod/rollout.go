package istiod

import (
	"context"
	"sync"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	appsv1client "k8s.io/client-go/kubernetes/typed/apps/v1"
)

// restartedAt is the annotation of kubectl rollout restart.
const restartedAt = "kubectl.kubernetes.io/restartedAt"

// ObeyRestarts acts as the Deployment controller and a node until the test ends: it replaces the istiod on request, and
// updates the Deployment's status afterwards.
func (i *Istiod) ObeyRestarts(t testing.TB) {
	t.Helper()
	client, err := kubernetes.NewForConfig(i.Cluster.Config())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	deployments := client.AppsV1().Deployments(i.deployment.Namespace)
	watch, err := deployments.Watch(ctx, metav1.ListOptions{FieldSelector: "metadata.name=" + i.deployment.Name})
	if err != nil {
		cancel()
		t.Fatal(err)
	}
	var obeying sync.WaitGroup
	obeying.Go(func() {
		var last string
		for event := range watch.ResultChan() {
			if deployment, ok := event.Object.(*appsv1.Deployment); ok {
				last = i.obey(ctx, t, deployments, deployment, last)
			}
		}
	})
	t.Cleanup(func() {
		cancel()
		obeying.Wait()
	})
}

// obey brings what runs to what a Deployment asks for, and returns the restart that was done.
func (i *Istiod) obey(
	ctx context.Context, t testing.TB, deployments appsv1client.DeploymentInterface, deployment *appsv1.Deployment, last string,
) string {
	asked := deployment.Spec.Template.Annotations[restartedAt]
	if asked != last {
		if err := i.RollOut(t); err != nil {
			t.Error(err)
			return last
		}
	}
	if deployment.Status.ObservedGeneration != deployment.Generation {
		deployment.Status = appsv1.DeploymentStatus{
			ObservedGeneration: deployment.Generation, Replicas: 1, UpdatedReplicas: 1, ReadyReplicas: 1, AvailableReplicas: 1,
		}
		_, _ = deployments.UpdateStatus(ctx, deployment, metav1.UpdateOptions{}) // a conflict brings another event
	}
	return asked
}

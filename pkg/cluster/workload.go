package cluster

import (
	"context"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Workload is an application in a cluster.
type Workload struct {
	// Pods that are ready, sorted by name.
	Pods []Pod
	// Why there are none.
	Why string
	// Absent is set if the namespace does not exist.
	Absent bool
}

// Pod with the names of its containers.
type Pod struct {
	Name       string
	Containers []string
}

// podsPerWorkload bounds the pods that are read: one ready pod is enough.
const podsPerWorkload = 100

// Workload lists an application's pods by label app.
func (c *Client) Workload(ctx context.Context, namespace, app string) (Workload, error) {
	list, err := c.kube.pods(ctx, namespace, metav1.ListOptions{LabelSelector: "app=" + app, Limit: podsPerWorkload})
	if err != nil {
		return Workload{}, fmt.Errorf("list pods app=%s in namespace %s: %w", app, namespace, err)
	}
	var found Workload
	for _, pod := range list.Items {
		if ready(pod) {
			found.Pods = append(found.Pods, Pod{Name: pod.Name, Containers: containers(pod)})
		}
	}
	slices.SortFunc(found.Pods, func(a, b Pod) int { return strings.Compare(a.Name, b.Name) })
	if found.Pods == nil {
		found.Why, found.Absent = c.whyNone(ctx, namespace, app, list.Items)
	}
	return found, nil
}

// containers returns those that keep running; sidecars can be among the init containers (Kubernetes KEP-753).
func containers(pod corev1.Pod) []string {
	var names []string
	for _, container := range pod.Spec.InitContainers {
		if container.RestartPolicy != nil && *container.RestartPolicy == corev1.ContainerRestartPolicyAlways {
			names = append(names, container.Name)
		}
	}
	for _, container := range pod.Spec.Containers {
		names = append(names, container.Name)
	}
	return names
}

// whyNone explains why no pod is ready. If namespaces and nodes are forbidden, only the pods themselves can tell.
func (c *Client) whyNone(ctx context.Context, namespace, app string, pods []corev1.Pod) (why string, absent bool) {
	if _, err := c.kube.namespace(ctx, namespace); apierrors.IsNotFound(err) {
		return fmt.Sprintf("no namespace %s", namespace), true
	}
	if nodes, err := c.kube.nodes(ctx, metav1.ListOptions{Limit: 1}); err == nil && len(nodes.Items) == 0 {
		return "no node runs pods: the cluster has none", false
	}
	if len(pods) == 0 {
		return fmt.Sprintf("no pod app=%s in namespace %s", app, namespace), false
	}
	return fmt.Sprintf("pod %s is not ready: %s", pods[0].Name, podTrouble(pods[0])), false
}

// podTrouble returns the most useful reason in a pod's status.
func podTrouble(pod corev1.Pod) string {
	if pod.DeletionTimestamp != nil {
		return "it is being deleted"
	}
	for _, status := range slices.Concat(pod.Status.InitContainerStatuses, pod.Status.ContainerStatuses) {
		if waiting := status.State.Waiting; waiting != nil && waiting.Reason != "PodInitializing" {
			return brief(fmt.Sprintf("container %s: %s %s", status.Name, waiting.Reason, waiting.Message))
		}
	}
	for _, condition := range pod.Status.Conditions {
		if condition.Status == corev1.ConditionFalse && condition.Message != "" {
			return brief(condition.Reason + ": " + condition.Message)
		}
	}
	return brief(strings.TrimSpace("it is " + string(pod.Status.Phase) + " " + pod.Status.Message))
}

// brief returns external text on one line, truncated.
func brief(text string) string {
	const most = 200
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}

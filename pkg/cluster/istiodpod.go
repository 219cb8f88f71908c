package cluster

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Where istiod serves its debug pages: 8080 is off where ENABLE_DEBUG_ON_HTTP says so.
func debugPorts() []int { return []int{15014, 8080} }

// Istiod asks a ready pod of istiod for a path of its debug interface. From the loopback address
// of its pod, istiod asks for no identity.
func (f *Forwarder) Istiod(ctx context.Context, namespace, revision, path string) ([]byte, error) {
	pod, err := f.istiodPod(ctx, namespace, revision)
	if err != nil {
		return nil, err
	}
	var first error
	for _, port := range debugPorts() {
		text, err := f.Get(ctx, namespace, pod, port, path)
		if err == nil || ctx.Err() != nil {
			return text, err
		}
		first = cmp.Or(first, err)
	}
	return nil, first
}

// istiodPod is a ready pod of a revision, the first by name.
func (f *Forwarder) istiodPod(ctx context.Context, namespace, revision string) (string, error) {
	list, err := f.kube.pods(ctx, namespace, metav1.ListOptions{LabelSelector: "app=istiod"})
	if err != nil {
		return "", fmt.Errorf("list the pods of istiod: %w", err)
	}
	want := cmp.Or(revision, "default")
	var names []string
	for _, pod := range list.Items {
		if cmp.Or(pod.Labels["istio.io/rev"], "default") == want && ready(pod) {
			names = append(names, pod.Name)
		}
	}
	if len(names) == 0 {
		return "", fmt.Errorf("namespace %s has no ready pod app=istiod of revision %s", namespace, want)
	}
	return slices.Min(names), nil
}

func ready(pod corev1.Pod) bool {
	return pod.Status.Phase == corev1.PodRunning && pod.DeletionTimestamp == nil &&
		slices.ContainsFunc(pod.Status.Conditions, func(c corev1.PodCondition) bool {
			return c.Type == corev1.PodReady && c.Status == corev1.ConditionTrue
		})
}

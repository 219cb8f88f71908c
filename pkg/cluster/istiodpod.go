package cluster

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Ports of istiod's debug pages: ENABLE_DEBUG_ON_HTTP can disable 8080.
func debugPorts() []int { return []int{15014, 8080} }

// Istiod requests a path of the debug interface of the first ready istiod pod by name. istiod requires no identity for
// requests from its pod's loopback address.
func (f *Forwarder) Istiod(ctx context.Context, namespace, revision, path string) ([]byte, error) {
	pods, err := f.Istiods(ctx, namespace)
	if err != nil {
		return nil, err
	}
	first := slices.IndexFunc(pods, func(pod IstiodPod) bool {
		return pod.Revision == revision || pod.Revision == "" && revision == defaultRevision
	})
	if first < 0 {
		return nil, fmt.Errorf("namespace %s has no ready pod app=istiod of revision %s",
			namespace, cmp.Or(revision, defaultRevision))
	}
	var text []byte
	err = onDebugPort(ctx, func(port int) (err error) {
		text, err = f.Get(ctx, namespace, pods[first].Name, port, path)
		return err
	})
	return text, err
}

// ReadIstiod requests a path of an istiod pod's debug interface, and streams the response. If the first port fails, the
// response starts again.
func (f *Forwarder) ReadIstiod(ctx context.Context, namespace, pod, path string, read func(io.Reader) error) error {
	return onDebugPort(ctx, func(port int) error { return f.Read(ctx, namespace, pod, port, path, read) })
}

// onDebugPort tries the ports in order. The first error is more useful: the second port is usually disabled.
func onDebugPort(ctx context.Context, ask func(port int) error) error {
	var first error
	for _, port := range debugPorts() {
		err := ask(port)
		if err == nil || ctx.Err() != nil {
			return err
		}
		first = cmp.Or(first, err)
	}
	return first
}

// defaultRevision labels the pods of an istiod installed without a revision.
const defaultRevision = "default"

// IstiodPod is an istiod pod.
type IstiodPod struct {
	Name string
	// Revision is empty for an installation without one.
	Revision string
}

// Deployment returns the chart's name for the pod's Deployment.
func (p IstiodPod) Deployment() string { return revisioned(istiodName, p.Revision) }

// Istiods lists all ready istiod pods of any revision in a namespace, sorted by name.
func (f *Forwarder) Istiods(ctx context.Context, namespace string) ([]IstiodPod, error) {
	list, err := f.kube.pods(ctx, namespace, metav1.ListOptions{LabelSelector: "app=istiod"})
	if err != nil {
		return nil, fmt.Errorf("list istiod's pods: %w", err)
	}
	var pods []IstiodPod
	for _, pod := range list.Items {
		if ready(pod) {
			revision := pod.Labels["istio.io/rev"]
			if revision == defaultRevision {
				revision = ""
			}
			pods = append(pods, IstiodPod{Name: pod.Name, Revision: revision})
		}
	}
	slices.SortFunc(pods, func(a, b IstiodPod) int { return strings.Compare(a.Name, b.Name) })
	return pods, nil
}

func ready(pod corev1.Pod) bool {
	return pod.Status.Phase == corev1.PodRunning && pod.DeletionTimestamp == nil &&
		slices.ContainsFunc(pod.Status.Conditions, func(c corev1.PodCondition) bool {
			return c.Type == corev1.PodReady && c.Status == corev1.ConditionTrue
		})
}

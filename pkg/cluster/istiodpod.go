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

// Where istiod serves its debug pages: 8080 is off where ENABLE_DEBUG_ON_HTTP says so.
func debugPorts() []int { return []int{15014, 8080} }

// Istiod asks a ready pod of istiod, the first by name, for a path of its debug interface. From the loopback address
// of its pod, istiod asks for no identity.
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

// ReadIstiod asks one pod of istiod for a path of its debug interface, and hands over the answer while it arrives.
// Where the first port fails the answer is read from its beginning again.
func (f *Forwarder) ReadIstiod(ctx context.Context, namespace, pod, path string, read func(io.Reader) error) error {
	return onDebugPort(ctx, func(port int) error { return f.Read(ctx, namespace, pod, port, path, read) })
}

// onDebugPort asks at one port after the other. The first error tells more: the second port is off as a rule.
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

// defaultRevision labels the pods of an istiod that is installed without a revision.
const defaultRevision = "default"

// IstiodPod is a pod of istiod.
type IstiodPod struct {
	Name string
	// Revision is empty for that of an installation without one.
	Revision string
}

// Deployment is what the chart calls the Deployment of the pod.
func (p IstiodPod) Deployment() string { return revisioned(istiodName, p.Revision) }

// Istiods are all ready pods of istiod in a namespace, of any revision, sorted by name.
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

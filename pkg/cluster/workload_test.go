package cluster

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func podOf(name string, change func(*corev1.Pod)) *corev1.Pod {
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "sample", Name: name, Labels: map[string]string{"app": "curl"}},
		Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "curl"}}},
		Status: corev1.PodStatus{Phase: corev1.PodRunning,
			Conditions: []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue}}}}
	change(pod)
	return pod
}

func pending(change func(*corev1.PodStatus)) *corev1.Pod {
	return podOf("a", func(pod *corev1.Pod) {
		pod.Status = corev1.PodStatus{Phase: corev1.PodPending}
		change(&pod.Status)
	})
}

func TestWorkload(t *testing.T) {
	const (
		pods      = "GET /api/v1/namespaces/sample/pods?labelSelector=app%3Dcurl&limit=100"
		namespace = "GET /api/v1/namespaces/sample"
		nodes     = "GET /api/v1/nodes?limit=1"
	)
	always := corev1.ContainerRestartPolicyAlways
	there := func(items ...*corev1.Pod) map[string]any {
		list := &corev1.PodList{}
		for _, pod := range items {
			list.Items = append(list.Items, *pod)
		}
		node := &corev1.NodeList{Items: []corev1.Node{{}}}
		return map[string]any{pods: list, namespace: &corev1.Namespace{}, nodes: node}
	}
	why := func(text string) Workload { return Workload{Why: text} }
	tests := map[string]struct {
		answers map[string]any
		want    Workload
	}{
		"ready": {there(podOf("b", func(*corev1.Pod) {}), podOf("a", func(pod *corev1.Pod) {
			pod.Spec.InitContainers = []corev1.Container{{Name: "istio-init"}, {Name: "istio-proxy", RestartPolicy: &always}}
		})), Workload{Pods: []Pod{{"a", []string{"istio-proxy", "curl"}}, {"b", []string{"curl"}}}}},
		"no namespace": {map[string]any{pods: &corev1.PodList{}},
			Workload{Why: "no namespace sample", Absent: true}},
		"no node": {map[string]any{pods: &corev1.PodList{}, namespace: &corev1.Namespace{}, nodes: &corev1.NodeList{}},
			why("no node runs pods: the cluster has none")},
		"no pod": {there(), why("no pod app=curl in namespace sample")},
		"no image": {there(pending(func(s *corev1.PodStatus) {
			s.ContainerStatuses = []corev1.ContainerStatus{{Name: "curl", State: corev1.ContainerState{
				Waiting: &corev1.ContainerStateWaiting{Reason: "ImagePullBackOff", Message: "Back-off\npulling"}}}}
		})), why("pod a is not ready: container curl: ImagePullBackOff Back-off pulling")},
		"unscheduled": {there(pending(func(s *corev1.PodStatus) {
			s.Conditions = []corev1.PodCondition{{Type: corev1.PodScheduled, Status: corev1.ConditionFalse, Reason: "Unschedulable", Message: "0/3 nodes"}}
		})), why("pod a is not ready: Unschedulable: 0/3 nodes")},
		"no reason": {there(pending(func(*corev1.PodStatus) {})), why("pod a is not ready: it is Pending")},
		"ending": {there(podOf("a", func(pod *corev1.Pod) {
			pod.DeletionTimestamp, pod.Finalizers = &metav1.Time{Time: time.Unix(1, 0)}, []string{"x"}
		})), why("pod a is not ready: it is being deleted")},
	}
	for name, test := range tests {
		_, config := serve(t, test.answers)
		client, err := Open(config)
		if err != nil {
			t.Fatal(err)
		}
		got, err := client.Workload(t.Context(), "sample", "curl")
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestBrief(t *testing.T) {
	if got := brief("a\n  b " + strings.Repeat("ü", 300)); got != "a b "+strings.Repeat("ü", 196)+"…" {
		t.Errorf("got %q", got)
	}
}

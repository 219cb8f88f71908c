package apply

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

func task(t *testing.T, name string, detail any) Task {
	t.Helper()
	made, err := NewTask(name, detail)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// TestOwe: owed work is recorded before the first change, whatever becomes of that, until it is finished.
func TestOwe(t *testing.T) {
	server := newCluster(t)
	s := begin(t, server)
	s.Owe(task(t, "restart", map[string]string{"of": "istiod"}))
	changes := plan(t, s, account("reader"))
	if due, err := begin(t, server).Due(t.Context()); due != nil || err != nil {
		t.Errorf("before the change: %v, %v", due, err)
	}
	server.On(apierrors.NewInternalError(errors.New("etcd is gone")), "apply serviceaccounts istio-system/reader")
	if _, err := s.Apply(t.Context(), changes); err == nil {
		t.Fatal("no error")
	}
	server.Intercept(nil)
	want := []string{"ServiceAccount istio-system/reader", `due: [{"name":"restart","detail":{"of":"istiod"}}]`}
	if diff := cmp.Diff(want, listed(t, server)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}

	next := begin(t, server)
	due, err := next.Due(t.Context())
	if diff := cmp.Diff([]Task{{Name: "restart", Detail: []byte(`{"of":"istiod"}`)}}, due); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	rollOut(t, next, account("reader"))
	if lines := listed(t, server); len(lines) != 2 {
		t.Errorf("a session that does not finish it loses it: %v", lines)
	}
	next.Finish("restart")
	settle(t, next)
	if diff := cmp.Diff([]string{"ServiceAccount istio-system/reader serviceaccounts/reader#1"}, listed(t, server)); diff != "" {
		t.Errorf("finished (-want +got):\n%s", diff)
	}
}

// TestOweTheSame: work that is due already is not written again, and other detail replaces it.
func TestOweTheSame(t *testing.T) {
	server := newCluster(t)
	s := begin(t, server)
	for _, name := range []string{"b", "a"} {
		s.Owe(task(t, name, 1))
	}
	rollOut(t, s, account("reader"))
	server.Changes()
	next := begin(t, server)
	next.Owe(task(t, "a", 1))
	if _, err := next.Apply(t.Context(), nil); err != nil || len(server.Changes()) > 0 {
		t.Errorf("it is written again: %v", err)
	}
	next.Owe(task(t, "a", 2))
	if _, err := next.Apply(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	want := []string{"ServiceAccount istio-system/reader serviceaccounts/reader#1", `due: [{"name":"a","detail":2},{"name":"b","detail":1}]`}
	if diff := cmp.Diff(want, listed(t, server)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestFinishBeforeItIsAnnounced: nothing is announced then.
func TestFinishBeforeItIsAnnounced(t *testing.T) {
	server := newCluster(t)
	s := begin(t, server)
	s.Owe(task(t, "restart", nil))
	s.Finish("restart")
	rollOut(t, s, account("reader"))
	if diff := cmp.Diff([]string{"ServiceAccount istio-system/reader serviceaccounts/reader#1"}, listed(t, server)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestDueCannotBeRead is an error of whoever asks, and nothing is changed then.
func TestDueCannotBeRead(t *testing.T) {
	server := newCluster(t)
	server.Put("{apiVersion: v1, kind: ConfigMap, metadata: {namespace: istio-system, name: mesh-inventory-shop}, data: {due: '7'}}")
	s := begin(t, server)
	const want = "read due in inventory ConfigMap istio-system/mesh-inventory-shop: json: cannot unmarshal number into Go value of type []apply.Task"
	if _, err := s.Due(t.Context()); said(err) != want {
		t.Errorf("got %v", err)
	}
	if _, err := s.Apply(t.Context(), plan(t, s, account("reader"))); said(err) != want || len(server.Changes()) > 0 {
		t.Errorf("got %v", err)
	}
}

func TestNewTaskOfWhatIsNoData(t *testing.T) {
	if _, err := NewTask("restart", func() {}); err == nil {
		t.Error("no error")
	}
}

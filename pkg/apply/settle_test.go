package apply

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/fakeapi"
)

// TestSettleNothing: a session that has done nothing asks nothing.
func TestSettleNothing(t *testing.T) {
	server := newCluster(t)
	s := begin(t, server)
	plan(t, s, account("reader"))
	server.Requests()
	settle(t, s)
	if asked := server.Requests(); len(asked) > 0 {
		t.Errorf("asked: %v", asked)
	}
}

// TestSettleAfterAnInterruption: what was done is recorded although the context has ended.
func TestSettleAfterAnInterruption(t *testing.T) {
	server := newCluster(t)
	s := begin(t, server)
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := s.Apply(ctx, plan(t, s, account("reader"))); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := s.Settle(ctx); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"ServiceAccount istio-system/reader serviceaccounts/reader#1"}, listed(t, server)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestSettlingEnds soon after an interruption, and is over at once when it is no longer needed.
func TestSettlingEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	settled, done := settling(ctx)
	if err := settled.Err(); err != nil {
		t.Errorf("there is no time: %v", err)
	}
	if deadline, ok := settled.Deadline(); !ok || time.Until(deadline) > settleTime {
		t.Errorf("deadline %v", deadline)
	}
	done()
	if settled.Err() == nil {
		t.Error("it goes on")
	}
}

// TestSettleAgain: where the first attempt failed the next one records the same, and the one after that nothing.
func TestSettleAgain(t *testing.T) {
	server := newCluster(t)
	s := begin(t, server)
	if _, err := s.Apply(t.Context(), plan(t, s, account("reader"))); err != nil {
		t.Fatal(err)
	}
	server.On(apierrors.NewInternalError(errors.New("etcd is gone")), writeInventory)
	if err := s.Settle(t.Context()); said(err) != "write inventory: Internal error occurred: etcd is gone" {
		t.Errorf("got %v", err)
	}
	server.Intercept(nil)
	settle(t, s)
	if diff := cmp.Diff([]string{"ServiceAccount istio-system/reader serviceaccounts/reader#1"}, listed(t, server)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	server.Requests()
	settle(t, s)
	if asked := server.Requests(); len(asked) > 0 {
		t.Errorf("the third time: %v", asked)
	}
}

// TestTwoSessions at once: neither loses what the other one recorded.
func TestTwoSessions(t *testing.T) {
	server := newCluster(t)
	rollOut(t, begin(t, server), account("old"))
	one, two := begin(t, server), begin(t, server)
	changes := plan(t, one, account("one"))
	if _, err := one.Orphans(t.Context(), changes); err != nil { // it has read the inventory now
		t.Fatal(err)
	}
	rollOut(t, two, account("two"))
	if _, err := two.Delete(t.Context(), []Ref{{APIVersion: "v1", Kind: "ServiceAccount", Namespace: namespace, Name: "old"}}); err != nil {
		t.Fatal(err)
	}
	settle(t, two)
	if _, err := one.Apply(t.Context(), changes); err != nil {
		t.Fatal(err)
	}
	rollOut(t, two, account("three"))
	settle(t, one)
	want := []string{"ServiceAccount istio-system/one serviceaccounts/one#1", "ServiceAccount istio-system/three serviceaccounts/three#1",
		"ServiceAccount istio-system/two serviceaccounts/two#1"}
	if diff := cmp.Diff(want, listed(t, server)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestConflictWithoutEnd: a session gives up where the inventory changes whenever it is written.
func TestConflictWithoutEnd(t *testing.T) {
	server := newCluster(t)
	rollOut(t, begin(t, server), account("old"))
	s := begin(t, server)
	changes := plan(t, s, account("new"))
	server.Intercept(func(request fakeapi.Request) any {
		if request.String() == writeInventory {
			return apierrors.NewConflict(configMapResource(), "mesh-inventory-shop", errors.New("the object has been modified"))
		}
		return nil
	})
	_, err := s.Apply(t.Context(), changes)
	want := `write inventory: Operation cannot be fulfilled on configmaps "mesh-inventory-shop": the object has been modified`
	if said(err) != want || server.Get("serviceaccounts", "istio-system/new") != nil {
		t.Errorf("got %v, want %s", err, want)
	}
}

// TestRecorded: the inventory lists an object only with its UID.
func TestRecorded(t *testing.T) {
	server := newCluster(t)
	s := begin(t, server)
	rollOut(t, s, account("reader"))
	for name, test := range map[string]struct {
		change func()
		want   bool
	}{
		"as it was": {func() {}, true},
		"another one exists": {func() {
			server.Put("{apiVersion: v1, kind: ServiceAccount, metadata: {namespace: istio-system, name: reader, uid: other}}")
		}, false},
		"it is gone": {func() { server.Remove("serviceaccounts", "istio-system/reader") }, false},
	} {
		test.change()
		s := begin(t, server)
		s.Force = true
		got, err := s.Recorded(t.Context(), plan(t, s, account("reader")))
		if err != nil || got != test.want {
			t.Errorf("%s: got %t, %v", name, got, err)
		}
		server.Put("{apiVersion: v1, kind: ServiceAccount, metadata: {namespace: istio-system, name: reader, uid: 'serviceaccounts/reader#1'}}")
	}
	server.On(apierrors.NewInternalError(errors.New("etcd is gone")), readInventory)
	if _, err := begin(t, server).Recorded(t.Context(), nil); err == nil {
		t.Error("no error")
	}
}

// TestSettled: the latest counts of what was done to an object.
func TestSettled(t *testing.T) {
	before := inventory{entries: []Entry{{Ref: secret("kept"), UID: "2"}, {Ref: secret("new")}, {Ref: secret("old"), UID: "1"}},
		due: []Task{{Name: "other"}, {Name: "restart"}}, version: "7"}
	done := []outcome{
		{entry: Entry{Ref: secret("new"), UID: "3"}}, {entry: Entry{Ref: secret("old")}, deleted: true}, {finished: "restart"},
		{entry: Entry{Ref: secret("again")}, deleted: true}, {entry: Entry{Ref: secret("again"), UID: "5"}},
		{entry: Entry{Ref: secret("short"), UID: "6"}}, {entry: Entry{Ref: secret("short"), UID: "6"}, deleted: true},
	}
	want := inventory{entries: []Entry{{Ref: secret("again"), UID: "5"}, {Ref: secret("kept"), UID: "2"}, {Ref: secret("new"), UID: "3"}},
		due: []Task{{Name: "other"}}, version: "7"}
	if diff := cmp.Diff(want, settled(before, done), cmp.AllowUnexported(inventory{})); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

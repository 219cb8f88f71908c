package apply

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestHold: an object that cannot be planned yet is announced with the first change, keeps the UID that the inventory has
// of it, and is neither an orphan nor pruned.
func TestHold(t *testing.T) {
	server := newCluster(t)
	rollOut(t, begin(t, server), configMap("held", "1"), configMap("gone", "1"))
	held := Ref{APIVersion: "v1", Kind: "ConfigMap", Namespace: namespace, Name: "held"}
	s := begin(t, server)
	s.Hold(held, secret("late"))
	changes := plan(t, s, account("reader"))
	orphans, err := s.Orphans(t.Context(), changes)
	if err != nil {
		t.Fatal(err)
	}
	if len(orphans) != 1 || orphans[0].Name != "gone" {
		t.Errorf("orphans: %v", orphans)
	}
	if _, err := s.Apply(t.Context(), changes); err != nil {
		t.Fatal(err)
	}
	// Whoever hands it to Prune all the same does not have it deleted.
	orphans = append(orphans, Orphan{Entry: Entry{Ref: held, UID: "configmaps/held#1"}})
	if _, err := s.Prune(t.Context(), orphans); err != nil {
		t.Fatal(err)
	}
	settle(t, s)
	if server.Get("configmaps", "istio-system/held") == nil {
		t.Error("what is held was deleted")
	}
	want := []string{"ConfigMap istio-system/held configmaps/held#1", "Secret istio-system/late",
		"ServiceAccount istio-system/reader serviceaccounts/reader#1"}
	if diff := cmp.Diff(want, listed(t, server)); diff != "" {
		t.Errorf("the inventory (-want +got):\n%s", diff)
	}
}

// TestHoldIgnoresTheVersion: a new version of a kind does not make another object.
func TestHoldIgnoresTheVersion(t *testing.T) {
	s := (&Client{}).Session(shop())
	s.Hold(Ref{APIVersion: "external-secrets.io/v1beta1", Kind: "ExternalSecret", Namespace: namespace, Name: "a"})
	for ref, want := range map[Ref]bool{
		{APIVersion: "external-secrets.io/v1", Kind: "ExternalSecret", Namespace: namespace, Name: "a"}: true,
		{APIVersion: "external-secrets.io/v1", Kind: "ExternalSecret", Namespace: namespace, Name: "b"}: false,
		{APIVersion: "external-secrets.io/v1", Kind: "ExternalSecret", Namespace: "other", Name: "a"}:   false,
		{APIVersion: "external-secrets.io/v1", Kind: "SecretStore", Namespace: namespace, Name: "a"}:    false,
		{APIVersion: "example.com/v1", Kind: "ExternalSecret", Namespace: namespace, Name: "a"}:         false,
	} {
		if got := s.isHeld(ref); got != want {
			t.Errorf("%s of %s: got %t", ref, ref.APIVersion, got)
		}
	}
}

func TestAnnounced(t *testing.T) {
	before := []Entry{{Ref: secret("old"), UID: "1"}, {Ref: secret("kept"), UID: "2"}, {Ref: secret("held"), UID: "4"}, {Ref: secret("deleted"), UID: "5"}}
	plan := []Change{{Ref: secret("new")}, {Ref: secret("kept"), Live: live("2")}, {Ref: secret("deleted")}}
	want := []Entry{
		{Ref: secret("deleted")}, // somebody deleted it, and it comes with another UID
		{Ref: secret("held"), UID: "4"}, {Ref: secret("kept"), UID: "2"}, {Ref: secret("late")}, {Ref: secret("new")}, {Ref: secret("old"), UID: "1"},
	}
	if diff := cmp.Diff(want, announced(before, plan, []Ref{secret("held"), secret("late")})); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

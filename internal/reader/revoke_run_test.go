package reader_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/kubectl-mesh/kubectl-mesh/internal/reader"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/fakeapi"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/testmesh"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
)

// back is the access in the other direction.
var back = access.Pair{Consumer: "west", Target: "east"}

// TestRevokeInterrupted: what was recorded stays, the steps after the interruption are left, and the same command takes
// them.
func TestRevokeInterrupted(t *testing.T) {
	h := rolledOut(t, testmesh.Both)
	ctx, cancel := context.WithCancel(t.Context())
	h.West.Intercept(func(request fakeapi.Request) any {
		if request.String() == "delete clusterrolebindings mesh-reader-east" {
			cancel()
		}
		return nil
	})
	err := reader.Revoke(ctx, h.revocation(pair))
	want := []string{"interrupted | run the same command again to continue"}
	if diff := cmp.Diff(want, h.Problems(err)); diff != "" || !errors.Is(err, verdict.ErrInterrupted) {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if h.issued("1") != "" || h.held() == "" || h.Recorded("west").RevokedReaders["east"] != 1 {
		t.Errorf("west knows %q, east has %q, recorded is %+v", h.issued("1"), h.held(), h.Recorded("west"))
	}
	h.West.Intercept(nil)
	if err := reader.Revoke(t.Context(), h.revocation(pair)); err != nil {
		t.Fatal(h.Problems(err))
	}
	if h.held() != "" || h.West.Get("serviceaccounts", "istio-system/mesh-reader-east") != nil {
		t.Errorf("east has %q, or west still has the account", h.held())
	}
}

// TestRevokeNamesFailures: a cluster that fails is named with its error, the other steps are taken, and the same command
// finishes the work.
func TestRevokeNamesFailures(t *testing.T) {
	const finish = "run the same command again to finish, or the commands that it lists without --apply"
	h := rolledOut(t, testmesh.Both)
	h.West.On(apierrors.NewInternalError(errors.New("etcd is gone")), "delete secrets istio-system/mesh-reader-east-token-1")
	said := h.Problems(reader.Revoke(t.Context(), h.revocation(pair)))
	if len(said) != 1 || !strings.HasPrefix(said[0], "west: ") || !strings.Contains(said[0], "etcd is gone") || !strings.HasSuffix(said[0], " | "+finish) {
		t.Errorf("said %q", said)
	}
	if h.issued("1") == "" || h.held() != "" || h.West.Get("clusterrolebindings", "mesh-reader-east") != nil {
		t.Errorf("west knows %q, east has %q, west binds %v", h.issued("1"), h.held(), h.bound())
	}
	h.West.Intercept(nil)
	if err := reader.Revoke(t.Context(), h.revocation(pair)); err != nil || h.issued("1") != "" {
		t.Errorf("the second run: %q; west knows %q", h.Problems(err), h.issued("1"))
	}
}

// TestRevokeWithoutTheTarget: as long as the cluster that is read cannot be reached, the credential is not revoked, and
// each step that is left has its command.
func TestRevokeWithoutTheTarget(t *testing.T) {
	const kubectl = "kubectl --context=CONTEXT_OF_west "
	h := rolledOut(t, testmesh.Both)
	h.Write("mesh.yaml", clusters+testmesh.East+westAway)
	err := reader.Revoke(t.Context(), h.revocation(pair))
	var want []string
	for _, step := range []struct{ object, command string }{
		{"Secret istio-system/mesh-reader-east-token-1", "-n istio-system delete secret mesh-reader-east-token-1"},
		{"ClusterRoleBinding mesh-reader-east", "delete clusterrolebinding mesh-reader-east"},
		{"RoleBinding istio-system/mesh-reader-east", "-n istio-system delete rolebinding mesh-reader-east"},
		{"ClusterRole mesh-reader", "delete clusterrole mesh-reader"},
		{"Role istio-system/mesh-reader", "-n istio-system delete role mesh-reader"},
		{"ServiceAccount istio-system/mesh-reader-east", "-n istio-system delete serviceaccount mesh-reader-east"},
	} {
		want = append(want, "west: not done: remove "+step.object+": it has no context in mesh.yaml | "+kubectl+step.command+" --ignore-not-found")
	}
	want[len(want)-1] += " | run the same command again to finish, or the commands that it lists without --apply"
	said := h.Problems(err)
	for i := range said { // the remedy of the whole is behind each problem or the last one
		if i < len(said)-1 {
			said[i] = strings.TrimSuffix(said[i], " | run the same command again to finish, or the commands that it lists without --apply")
		}
	}
	if diff := cmp.Diff(want, said); diff != "" || verdict.Code(err) != 1 {
		t.Errorf("code %d (-want +got):\n%s", verdict.Code(err), diff)
	}
	if h.held() != "" || slices.Contains(h.Messages, "east-west is revoked") {
		t.Errorf("east has %q; messages %q", h.held(), h.Messages)
	}
}

// TestRevokeIsRecordedFirst, and where that fails nothing else is done: a rendering would bring back what ends.
func TestRevokeIsRecordedFirst(t *testing.T) {
	h := newFixture(t, westWith("readerGenerations: {east: [1]}"))
	err := reader.Revoke(t.Context(), h.revocation(pair))
	want := []string{"mesh.yaml sets the valid credentials of east in west, and takes precedence over the recorded ones | " +
		"set revokedReaders: {east: 1} there, or remove the field: .kubectl-mesh/state.yaml records it"}
	if diff := cmp.Diff(want, h.Problems(err)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if changed := h.changed(); len(changed) > 0 || len(h.Files()) > 0 {
		t.Errorf("changed %v, files %v", changed, h.Files())
	}
}

// TestRevokeBoth directions at once: all is recorded before the first change, and each cluster is the target of one access
// and the consumer of the other.
func TestRevokeBoth(t *testing.T) {
	h := rolledOut(t, testmesh.Both)
	first := true
	check := func(request fakeapi.Request) any {
		if request.Changes() && first {
			first = false
			if h.Recorded("east").RevokedReaders["west"] != 1 || h.Recorded("west").RevokedReaders["east"] != 1 {
				t.Errorf("%s before all is recorded: %+v, %+v", request, h.Recorded("east"), h.Recorded("west"))
			}
		}
		return nil
	}
	h.East.Intercept(check)
	h.West.Intercept(check)
	if err := reader.Revoke(t.Context(), h.revocation(pair, back)); err != nil {
		t.Fatal(h.Problems(err))
	}
	for _, want := range []string{"east-west is revoked", "west-east is revoked"} {
		if !slices.Contains(h.Messages, want) {
			t.Errorf("got %q, want %q among it", h.Messages, want)
		}
	}
	for name, server := range map[string]*fakeapi.Server{"east": h.East, "west": h.West} {
		if left := server.Labelled("kubectl-mesh.dev/mesh", "shop"); len(left) > 0 {
			t.Logf("%s has %v", name, left)
		}
	}
	if h.held() != "" || h.issued("1") != "" || h.East.Get("secrets", "istio-system/mesh-reader-west-token-1") != nil {
		t.Errorf("east has %q, west knows %q", h.held(), h.issued("1"))
	}
}

// TestRevokePinsOthers: a reader of a shared account for which nothing is recorded keeps its generation, although its
// number would follow from those that were revoked.
func TestRevokePinsOthers(t *testing.T) {
	h := newFixture(t, westWith("reader: {serviceAccount: peers}")+north)
	if err := reader.Begin(t.Context(), h.rotation()); err != nil {
		t.Fatal(h.Problems(err))
	}
	in := h.rotation()
	in.Offline = true
	if err := reader.Drop(t.Context(), in); err != nil {
		t.Fatal(h.Problems(err))
	}
	if err := reader.Revoke(t.Context(), h.revocation(pair)); err != nil {
		t.Fatal(h.Problems(err))
	}
	recorded := h.Recorded("west")
	if !maps.Equal(recorded.RevokedReaders, map[string]int32{"east": 2}) || len(recorded.ReaderGenerations) != 1 ||
		!slices.Equal(recorded.ReaderGenerations["north"], []int32{1}) {
		t.Errorf("recorded %+v", recorded)
	}
}

// TestRevokeCertificate: nothing ends a certificate but that its user is bound no more; until when it names that user is
// said, and the key is removed.
func TestRevokeCertificate(t *testing.T) {
	h := shows(t)
	if err := reader.Revoke(t.Context(), h.revocation(pair)); err != nil {
		t.Fatal(h.Problems(err))
	}
	if h.bound() != nil || h.shownUser() != "" {
		t.Errorf("west binds %q, east shows %q", h.bound(), h.shownUser())
	}
	for _, want := range []string{
		"left to the owner: west: nothing: a certificate cannot be revoked",
		"removed credentials/west/east/client.crt", "removed credentials/west/east/client.key",
	} {
		if !slices.Contains(h.Messages, want) {
			t.Errorf("got %q, want %q among it", h.Messages, want)
		}
	}
	for name := range h.Files() {
		if strings.HasPrefix(name, "credentials/west/east/") {
			t.Errorf("the workspace holds %s", name)
		}
	}
}

// TestRestartOfSeveralLinks: an istiod that loses several remote secrets is restarted once, for all of their links.
func TestRestartOfSeveralLinks(t *testing.T) {
	mesh := strings.NewReplacer("spec:\n", "spec:\n  istio: {version: 1.30.3}\n", "name: east,", "name: east, network: net-east,",
		"name: west,", "name: west, network: net-west,").Replace(testmesh.Both)
	h := &fixture{Fixture: testmesh.Offline(t, mesh+strings.Replace(north, "name: north,", "name: north, network: net-north,", 1)), t: t}
	steps, err := reader.PlanRevocation(t.Context(), h.revocation(pair, access.Pair{Consumer: "east", Target: "north"}))
	if err != nil {
		t.Fatal(h.Problems(err))
	}
	var restarts []string
	for _, step := range steps {
		if step.Action == "restart istiod" {
			restarts = append(restarts, step.Location+" for "+step.Link)
		}
	}
	if diff := cmp.Diff([]string{"east for east-west, east-north"}, restarts); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestRevokeSaysWhichIsWhole: of two consumers the one that is out of reach keeps its watches, and the other one does not.
func TestRevokeSaysWhichIsWhole(t *testing.T) {
	h := newFixture(t, testmesh.Both+north)
	err := reader.Revoke(t.Context(), h.revocation(pair, access.Pair{Consumer: "north", Target: "west"}))
	if !errors.Is(err, verdict.ErrIncomplete) {
		t.Errorf("got %v", err)
	}
	var revoked []string
	for _, messages := range h.Messages {
		if strings.Contains(messages, " is revoked") && !strings.Contains(messages, "generation") {
			revoked = append(revoked, messages)
		}
	}
	want := []string{"east-west is revoked", "north-west is revoked for new requests; its established watches could not be closed"}
	if diff := cmp.Diff(want, revoked); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

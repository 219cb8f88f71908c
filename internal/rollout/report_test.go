package rollout

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubectl-mesh/kubectl-mesh/internal/live"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/files"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apply"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

func TestSummary(t *testing.T) {
	made := []apply.Change{{Action: apply.ActionCreate}, {Action: apply.ActionUnchanged}, {Action: apply.ActionConfigure}, {Action: apply.ActionCreate}}
	for want, report := range map[string]Report{
		"stopped before anything was applied":                            {Error: "no route"},
		"0 created, 0 changed, 0 unchanged":                              {planned: true},
		"2 created, 1 changed, 1 unchanged":                              {planned: true, Changes: made},
		"2 created, 1 changed, 1 unchanged, 1 removed":                   {planned: true, Changes: made, Removed: make([]apply.Entry, 1)},
		"2 created, 1 changed, 1 unchanged, then stopped: 3 not applied": {planned: true, Changes: made, Error: "no route", NotApplied: make([]apply.Ref, 3)},
	} {
		if got := report.Summary(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// TestFailure: several requests fail of one cause, which is said once, with what helps against it.
func TestFailure(t *testing.T) {
	t.Setenv("KUBECONFIG", "/none")
	contexts, err := live.Load(live.Options{})
	if err != nil {
		t.Fatal(err)
	}
	secrets := schema.GroupResource{Resource: "secrets"}
	forbidden := func(name string) error { return apierrors.NewForbidden(secrets, name, errors.New("no")) }
	const again = "run the same command again when this works: kubectl --context=prod version; completed changes are kept"
	for _, test := range []struct {
		name string
		errs []error
		want []hint.Problem
	}{
		{"the way is cut off, for all requests", []error{fmt.Errorf("apply a: %w", io.ErrUnexpectedEOF), fmt.Errorf("apply b: %w", io.EOF)},
			[]hint.Problem{{Text: "east: apply a: unexpected EOF", Remedies: []string{again}}}},
		{"not allowed, several times", []error{forbidden("a"), forbidden("b")}, []hint.Problem{{
			Text:     `east: secrets "a" is forbidden: no secrets "b" is forbidden: no`,
			Remedies: []string{"ask the cluster owner for this permission; your identity there: kubectl --context=prod auth whoami"}}}},
		{"who made it knew more", []error{hint.Add(forbidden("a"), "delete the policy")},
			[]hint.Problem{{Text: `east: secrets "a" is forbidden: no`, Remedies: []string{"delete the policy"}}}},
		{"interrupted, whatever else", []error{fmt.Errorf("apply a: %w", context.Canceled), errors.New("odd")},
			[]hint.Problem{{Text: "east: odd"}, {Text: "east: interrupted"}}},
	} {
		r := &run{Input: Input{Clusters: contexts.For(live.Mesh{})}}
		r.members = []*member{{Cluster: &v1alpha1.Cluster{Name: "west"}},
			{Cluster: &v1alpha1.Cluster{Name: "east", ClusterSpec: v1alpha1.ClusterSpec{Context: "prod"}}, err: errors.Join(test.errs...)}}
		if diff := cmp.Diff(test.want, hint.List(r.failure())); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

// TestTokenThatDoesNotCome: the wait ends, and says who should have brought it.
func TestTokenThatDoesNotCome(t *testing.T) {
	for account, remedy := range map[string]string{
		"":       "verify that kube-controller-manager's token controller runs in west",
		"reader": "verify that kube-controller-manager's token controller runs in west",
		"istio-reader-service-account": "install Istio's chart base in west, which creates ServiceAccount " +
			"istio-system/istio-reader-service-account, and run the same command again",
	} {
		over, cancel := context.WithDeadline(t.Context(), time.Time{})
		defer cancel()
		ws, err := workspace.OpenUnchecked(t.Context(), workspace.Source{Filename: files.Workspace(t, map[string]string{
			"mesh.yaml": "apiVersion: kubectl-mesh.dev/v1alpha1\nkind: Mesh\nmetadata: {name: shop}\nspec: {reader: {allowNonExpiring: true}, trust: {ca: {provider: none}}, clusters: " +
				"[{name: east, api: {server: https://203.0.113.1}}, {name: west, reader: {serviceAccount: " +
				strconv.Quote(account) + "}, api: {server: https://203.0.113.2}}]}\n"})})
		if err != nil {
			t.Fatal(err)
		}
		defer ws.Close()
		source := &tokenSource{run: &run{Input: Input{Workspace: ws}}, readers: map[string]tokenReader{"west": {err: cluster.ErrTokenPending}}}
		_, err = source.wait(over, access.Pair{Consumer: "east", Target: "west"})
		want := []hint.Problem{{Text: "wait for the token of east for west: it was not issued", Remedies: []string{remedy}}}
		if diff := cmp.Diff(want, hint.List(err)); diff != "" {
			t.Errorf("account %q (-want +got):\n%s", account, diff)
		}
	}
}

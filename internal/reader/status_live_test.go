package reader_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubectl-mesh/kubectl-mesh/internal/reader"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/fakeapi"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/testmesh"
)

// TestStatusOfCertificates: a certificate says itself until when it is valid, of whom it is, and whether it is for the key
// that is here.
func TestStatusOfCertificates(t *testing.T) {
	issued, expires := now, now.AddDate(0, 3, 0)
	const file, key = "credentials/west/east/client.crt", "credentials/west/east/client.key"
	for _, test := range []struct {
		name    string
		at      time.Time
		within  time.Duration
		thirds  bool
		prepare func(h *fixture, certificate string)
		want    reader.Line
	}{
		{name: "it is valid", at: now, within: 14 * 24 * time.Hour, want: reader.Line{State: reader.StateOK}},
		{name: "it ends within the period", at: expires.AddDate(0, 0, -14), within: 14 * 24 * time.Hour, want: reader.Line{State: reader.StateExpiring}},
		{name: "a second before the period", at: expires.AddDate(0, 0, -14).Add(-time.Second), within: 14 * 24 * time.Hour, want: reader.Line{State: reader.StateOK}},
		{name: "it ends in the last third", at: expires.AddDate(0, 0, -30), within: 60 * 24 * time.Hour, thirds: true, want: reader.Line{State: reader.StateExpiring}},
		{name: "a period that is longer than the last third", at: expires.AddDate(0, 0, -31), within: 60 * 24 * time.Hour, thirds: true, want: reader.Line{State: reader.StateOK}},
		{name: "it ends now", at: expires, want: reader.Line{State: reader.StateExpired}},
		{name: "it is for another key", at: now, prepare: func(h *fixture, certificate string) {
			ws, _ := h.Open()
			if err := errors.Join(ws.Forget(h.t.Context(), file), ws.Forget(h.t.Context(), key)); err != nil {
				h.t.Fatal(err)
			}
			h.request(ws)
			h.Write(file, certificate)
		}, want: reader.Line{State: reader.StateRefused, Reason: "parse client certificate: certificate and key do not belong together, or are not PEM"}},
		{name: "its key is elsewhere", at: now, prepare: func(h *fixture, _ string) {
			ws, _ := h.Open()
			if err := ws.Forget(h.t.Context(), key); err != nil {
				h.t.Fatal(err)
			}
		}, want: reader.Line{State: reader.StateMissing}},
		{name: "it is no certificate", at: now, prepare: func(h *fixture, _ string) { h.Write(file, "hello") }, want: reader.Line{State: reader.StateRefused}},
	} {
		h := certified(t, now)
		if test.prepare != nil {
			test.prepare(h, h.Files()[file])
		}
		ws, _ := h.Open()
		lines := h.status(reader.StatusInput{Workspace: ws, Now: test.at, Within: test.within, Thirds: test.thirds})
		want := test.want
		want.Subject, want.Generation = "mesh:east", 1
		if want.State != reader.StateRefused && want.State != reader.StateMissing {
			want.Issued, want.Expires = &issued, &expires
		}
		if len(lines) == 1 && want.Reason == "" && want.State == reader.StateRefused && lines[0].Reason != "" {
			lines[0].Reason = ""
		}
		if diff := cmp.Diff([]reader.Line{want}, lines); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

// TestStatusWithoutPermission: what a cluster does not tell is said once, and the rest is shown.
func TestStatusWithoutPermission(t *testing.T) {
	forbidden := apierrors.NewForbidden(schema.GroupResource{Resource: "secrets"}, "", errors.New("no"))
	for name, test := range map[string]struct {
		west, request string
		state         string
		messages      string // begins what is said
	}{
		"the token Secret": {"", "get secrets istio-system/mesh-reader-east-token-1", reader.StateElsewhere,
			"warning: west: Secret mesh-reader-east-token-1 cannot be read: "},
		"that of a reader that was revoked": {"revokedReaders: {east: 1}", "get secrets istio-system/mesh-reader-east-token-1", reader.StateRevoked,
			"warning: west: Secret mesh-reader-east-token-1 cannot be read: "},
		"the accounts": {"", "list serviceaccounts istio-system", reader.StateMissing, "warning: list undeclared readers of west: "},
	} {
		h := newFixture(t, westWith(test.west))
		h.West.On(forbidden, test.request)
		ws, clusters := h.Open()
		lines := h.status(reader.StatusInput{Workspace: ws, Clusters: clusters, Now: now, Log: h.Log})
		if len(lines) != 1 || lines[0].State != test.state {
			t.Errorf("%s: got %+v", name, lines)
		}
		if len(h.Messages) != 1 || !strings.HasPrefix(h.Messages[0], test.messages) || !strings.Contains(h.Messages[0], "forbidden") {
			t.Errorf("%s: messages %q, want %q", name, h.Messages, test.messages)
		}
	}
}

// TestSurvivorsAreBounded: of many generations that were revoked the last five are looked for, and no other one.
func TestSurvivorsAreBounded(t *testing.T) {
	h := newFixture(t, westWith("revokedReaders: {east: 9}"))
	ws, clusters := h.Open()
	h.West.Requests()
	h.status(reader.StatusInput{Workspace: ws, Clusters: clusters, Now: now, Log: h.Log})
	var asked []string
	for _, request := range h.West.Requests() {
		if name, ok := strings.CutPrefix(request, "get secrets istio-system/mesh-reader-east-token-"); ok {
			asked = append(asked, name)
		}
	}
	if diff := cmp.Diff([]string{"5", "6", "7", "8", "9"}, asked); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestSurvivorElsewhere: where nobody can be asked, the command names the context that is to be filled in.
func TestSurvivorElsewhere(t *testing.T) {
	h := &fixture{Fixture: testmesh.Offline(t, clusters+testmesh.East+strings.Replace(westAway, "api:", "revokedReaders: {east: 1}, api:", 1)), t: t}
	ws, _ := h.Open()
	lines := h.status(reader.StatusInput{Workspace: ws, Now: now, Log: h.Log})
	want := []reader.Line{{Generation: 1, State: reader.StateRevoked, Subject: "system:serviceaccount:istio-system:mesh-reader-east",
		Reason: "if it was revoked only in Git, Flux and Argo CD do not prune its token Secret; delete it: kubectl --context=CONTEXT_OF_west " +
			"-n istio-system delete secret mesh-reader-east-token-1 --ignore-not-found"}}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestUndeclaredOnce: a token Secret that outlived its revocation has one line, as what it is, and its account has none as
// long as it has a Secret.
func TestUndeclaredOnce(t *testing.T) {
	h := newFixture(t, westWith("revokedReaders: {east: 1}"))
	h.West.Put("{apiVersion: v1, kind: ServiceAccount, metadata: {name: mesh-reader-east, namespace: istio-system, " +
		"labels: {app.kubernetes.io/managed-by: kubectl-mesh, kubectl-mesh.dev/mesh: shop}}}")
	h.West.Put("{apiVersion: v1, kind: Secret, type: kubernetes.io/service-account-token, metadata: {name: mesh-reader-east-token-1, " +
		"namespace: istio-system, annotations: {kubernetes.io/service-account.name: mesh-reader-east}}}")
	ws, clusters := h.Open()
	states := func() []string {
		var states []string
		for _, line := range reader.Status(t.Context(), reader.StatusInput{Workspace: ws, Clusters: clusters, Now: now, Log: h.Log}) {
			if line.Target == "west" {
				states = append(states, line.State+" "+line.Subject)
			}
		}
		return states
	}
	const subject = " system:serviceaccount:istio-system:mesh-reader-east"
	if diff := cmp.Diff([]string{reader.StateUndeleted + subject}, states()); diff != "" {
		t.Errorf("with the Secret (-want +got):\n%s", diff)
	}
	h.West.Remove("secrets", "istio-system/mesh-reader-east-token-1")
	if got := states(); !slices.Contains(got, reader.StateRevoked+subject) || !slices.Contains(got, reader.StateUndeclared+subject) {
		t.Errorf("without it: got %q", got)
	}
}

// TestStatusWithoutContexts asks nobody.
func TestStatusWithoutContexts(t *testing.T) {
	h := newFixture(t, clusters+eastAway+westAway)
	ws, clusters := h.Open()
	if lines := h.status(reader.StatusInput{Workspace: ws, Clusters: clusters, Now: now, Log: h.Log}); len(lines) != 1 || lines[0].State != reader.StateElsewhere || h.Messages != nil {
		t.Errorf("got %+v, messages %q", lines, h.Messages)
	}
	for name, server := range map[string]*fakeapi.Server{"east": h.East, "west": h.West} {
		if asked := server.Requests(); len(asked) > 0 {
			t.Errorf("%s is asked for %v", name, asked)
		}
	}
}

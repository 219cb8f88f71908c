package reader_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/internal/reader"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/fakeapi"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/testmesh"
)

const tokenFile = "credentials/west/east/token"

// token is one of the reader from east, issued some days ago, that ends in some days; 0: never.
func token(secret string, ago, in int) string {
	claims := map[string]any{"sub": "system:serviceaccount:istio-system:mesh-reader-east"}
	if in != 0 {
		claims["iat"], claims["exp"] = now.AddDate(0, 0, -ago).Unix(), now.AddDate(0, 0, in).Unix()
	}
	if secret != "" {
		claims["kubernetes.io"] = map[string]any{"secret": map[string]string{"name": secret}}
	}
	return fakeapi.JWT(claims)
}

// status of the link from east to west, with what it depends on left out.
func (h *fixture) status(in reader.StatusInput) []reader.Line {
	h.t.Helper()
	var lines []reader.Line
	for _, line := range reader.Status(h.t.Context(), in) {
		if line.Consumer != pair.Consumer {
			continue
		}
		if line.Link != "east-west" || line.Target != "west" {
			h.t.Errorf("got link %s to %s", line.Link, line.Target)
		}
		line.Link, line.Consumer, line.Target, line.Kind, line.Fingerprint = "", "", "", "", ""
		lines = append(lines, line)
	}
	return lines
}

func TestStatus(t *testing.T) {
	const subject, first, second = "system:serviceaccount:istio-system:mesh-reader-east", "mesh-reader-east-token-1", "mesh-reader-east-token-2"
	day := func(days int) *time.Time { return new(now.AddDate(0, 0, days)) }
	one := func(line reader.Line) []reader.Line {
		line.Subject, line.Generation = subject, 1
		return []reader.Line{line}
	}
	for _, test := range []struct {
		name, west, token string
		want              []reader.Line
	}{
		{"no token here", "", "", one(reader.Line{State: reader.StateElsewhere})},
		{"one that never ends", "", token("", 0, 0), one(reader.Line{State: reader.StateOK, NeverExpires: true})},
		{"one that ends late", "", token(first, 30, 60), one(reader.Line{State: reader.StateOK, Issued: day(-30), Expires: day(60)})},
		{"one that ends soon", "", token(first, 80, 13), one(reader.Line{State: reader.StateExpiring, Issued: day(-80), Expires: day(13)})},
		{"one that has ended", "", token(first, 30, -1), one(reader.Line{State: reader.StateExpired, Issued: day(-30), Expires: day(-1)})},
		{"one of a short life, in its second third", "", token(first, 1, 2), one(reader.Line{State: reader.StateOK, Issued: day(-1), Expires: day(2)})},
		{"one of a short life, in its last third", "", token(first, 2, 1), one(reader.Line{State: reader.StateExpiring, Issued: day(-2), Expires: day(1)})},
		{"one of somebody else", "", fakeapi.JWT(map[string]any{"sub": "system:serviceaccount:default:default"}),
			one(reader.Line{State: reader.StateRefused, Reason: `it belongs to "system:serviceaccount:default:default"`})},
		{"one of an older generation", "", token("mesh-reader-east-token-7", 0, 0), one(reader.Line{State: reader.StateElsewhere})},
		{"no JSON Web Token", "", "opaque", one(reader.Line{State: reader.StateOK, Reason: "it contains no expiry"})},
		{"no token at all", "", "two words\n", one(reader.Line{State: reader.StateRefused, Reason: "parse token: byte 3 is white space"})},
		{"while a rotation goes on", "readerGenerations: {east: [1, 2]}", token(second, 30, 60), []reader.Line{
			{State: reader.StateElsewhere, Subject: subject, Generation: 1},
			{State: reader.StateOK, Subject: subject, Generation: 2, Issued: day(-30), Expires: day(60)}}},
		{"revoked", "revokedReaders: {east: 3}", "", []reader.Line{{State: reader.StateRevoked, Subject: subject, Generation: 3,
			Reason: "if it was revoked only in Git, Flux and Argo CD do not prune its token Secret; delete it: " +
				"kubectl --context=prod-west -n istio-system delete secret mesh-reader-east-token-3 --ignore-not-found"}}},
		{"revoked, without a Secret", "revokedReaders: {east: 3}, reader: {auth: clientCertificate}", "",
			[]reader.Line{{State: reader.StateRevoked, Subject: "mesh:east:3", Generation: 3}}},
		{"federated", "reader: {auth: federated}", "", []reader.Line{{State: reader.StateOK, Generation: 1,
			Subject: "mesh:east:system:serviceaccount:istio-system:istiod",
			Reason:  "no credential is stored: the kubelet renews a token, which expires within the hour"}}},
		{"in a store", "reader: {auth: external, external: {secretStoreRef: {name: vault}}}", "", one(reader.Line{State: reader.StateElsewhere,
			Reason: "entry shop/west/mesh-reader-east of the store has it"})},
		{"no certificate yet", "reader: {auth: clientCertificate}", "", []reader.Line{{State: reader.StateMissing, Subject: "mesh:east", Generation: 1}}},
	} {
		h := newFixture(t, westWith(test.west))
		if test.token != "" {
			h.Write(tokenFile, test.token)
		}
		ws, _ := h.Open()
		lines := h.status(reader.StatusInput{Workspace: ws, Now: now, Within: 14 * 24 * time.Hour, Thirds: true})
		if diff := cmp.Diff(test.want, lines); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

// TestStatusAsks the cluster that is read: it knows whether the token still counts, and when it was used.
func TestStatusAsks(t *testing.T) {
	const subject, secret = "system:serviceaccount:istio-system:mesh-reader-east", "mesh-reader-east-token-1"
	created := now.AddDate(0, -1, 0)
	there := func(h *fixture, more string) {
		h.West.Put("{apiVersion: v1, kind: Secret, type: kubernetes.io/service-account-token, metadata: {namespace: istio-system, name: " + secret +
			", creationTimestamp: '2026-05-01T12:00:00Z'" + more + "}, data: {token: " + base64.StdEncoding.EncodeToString([]byte(token(secret, 0, 0))) + "}}")
	}
	for _, test := range []struct {
		name    string
		prepare func(*fixture)
		want    reader.Line
	}{
		{"west has none", func(*fixture) {}, reader.Line{State: reader.StateMissing, Reason: "west has no Secret istio-system/" + secret}},
		{"west alone has it", func(h *fixture) { there(h, "") },
			reader.Line{State: reader.StateOK, Issued: &created, NeverExpires: true, LastUsed: "never"}},
		{"it is here too, and was used", func(h *fixture) {
			there(h, ", labels: {kubernetes.io/legacy-token-last-used: '2026-05-31'}")
			h.Write(tokenFile, token(secret, 0, 0))
		}, reader.Line{State: reader.StateOK, Issued: &created, NeverExpires: true, LastUsed: "2026-05-31"}},
		{"another one is here", func(h *fixture) { there(h, ""); h.Write(tokenFile, token("", 0, 0)) },
			reader.Line{State: reader.StateRefused, NeverExpires: true, Reason: "the stored token differs from the one in Secret " + secret + " of west"}},
		{"a requested one is here", func(h *fixture) { there(h, ""); h.Write(tokenFile, token(secret, 30, 60)) },
			reader.Line{State: reader.StateOK, Issued: new(now.AddDate(0, 0, -30)), Expires: new(now.AddDate(0, 0, 60))}},
	} {
		h := newFixture(t, testmesh.Both)
		test.prepare(h)
		ws, clusters := h.Open()
		lines := h.status(reader.StatusInput{Workspace: ws, Clusters: clusters, Now: now, Log: h.Log})
		test.want.Subject, test.want.Generation = subject, 1
		if diff := cmp.Diff([]reader.Line{test.want}, lines); diff != "" || len(h.Messages) > 0 {
			t.Errorf("%s: messages %v (-want +got):\n%s", test.name, h.Messages, diff)
		}
	}
}

// TestSurvivors: a token Secret that outlived its revocation is found, with the command that deletes it.
func TestSurvivors(t *testing.T) {
	undeleted := func(secret string) string {
		return "undeleted Flux and Argo CD do not prune its token Secret; delete it: kubectl --kubeconfig=CONFIG --context=prod-west " +
			"-n istio-system delete secret " + secret + " --ignore-not-found"
	}
	for _, test := range []struct {
		name, west string
		there      []string
		want       []string
	}{
		{"all are deleted", "revokedReaders: {east: 3}", nil, []string{"3 revoked "}},
		{"one is left", "revokedReaders: {east: 3}", []string{"mesh-reader-east-token-3"}, []string{"3 " + undeleted("mesh-reader-east-token-3")}},
		{"one of before is left", "revokedReaders: {east: 3}, readerGenerations: {east: [4]}", []string{"mesh-reader-east-token-2"},
			[]string{"4 missing west has no Secret istio-system/mesh-reader-east-token-4", "2 " + undeleted("mesh-reader-east-token-2")}},
		{"another reader shares it", "revokedReaders: {east: 1}, reader: {serviceAccount: shared}, readerGenerations: {north: [1]}",
			[]string{"shared-istio-remote-secret-token"}, []string{"1 revoked "}},
	} {
		h := newFixture(t, westWith(test.west)+north)
		for _, name := range test.there {
			account, _, _ := strings.Cut(name, "-token")
			account = strings.TrimSuffix(account, "-istio-remote-secret")
			h.West.Put("{apiVersion: v1, kind: Secret, type: kubernetes.io/service-account-token, metadata: {namespace: istio-system, name: " + name +
				", annotations: {kubernetes.io/service-account.name: " + account + "}}}")
		}
		ws, clusters := h.Open()
		var got []string
		for _, line := range reader.Status(t.Context(), reader.StatusInput{Workspace: ws, Clusters: clusters, Now: now, Log: h.Log}) {
			if line.Link == "east-west" || line.State == reader.StateUndeclared { // each Secret has one line
				got = append(got, h.Normalize(fmt.Sprintf("%d %s %s", line.Generation, line.State, line.Reason)))
			}
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: messages %v (-want +got):\n%s", test.name, h.Messages, diff)
		}
	}
}

// TestStatusOfAnotherCluster: one that is not meant is not believed, and the rest is shown.
func TestStatusOfAnotherCluster(t *testing.T) {
	h := newFixture(t, testmesh.Both)
	h.Connect(h.East, fakeapi.New(t, "uid-of-new"))
	ws, clusters := h.Open()
	lines := h.status(reader.StatusInput{Workspace: ws, Clusters: clusters, Now: now, Log: h.Log})
	if len(lines) != 1 || lines[0].State != reader.StateElsewhere {
		t.Errorf("got %+v", lines)
	}
	want := []string{`warning: west: its credentials cannot be read: context "prod-west" points at another cluster: its UID is uid-of-new, and the UID of west is uid-west`}
	if diff := cmp.Diff(want, h.Messages); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
}

// TestStatusOfUndeclaredReaders: what a cluster has and mesh.yaml does not declare is named, with the command that
// removes it.
func TestStatusOfUndeclaredReaders(t *testing.T) {
	h := newFixture(t, testmesh.Both)
	token := func(name, account, labels string) {
		h.West.Put("{apiVersion: v1, kind: Secret, type: kubernetes.io/service-account-token, metadata: {name: " + name + ", namespace: istio-system, " +
			"annotations: {kubernetes.io/service-account.name: " + account + "}, labels: {" + labels + "}}, data: {token: aHVzaA==}}")
	}
	token("mesh-reader-east-token-1", "mesh-reader-east", "")
	token("istio-reader-service-account-istio-remote-secret-token", "istio-reader-service-account", "kubernetes.io/legacy-token-last-used: '2026-05-31'")
	h.West.Put("{apiVersion: v1, kind: ServiceAccount, metadata: {name: mesh-reader-north, namespace: istio-system, " +
		"labels: {app.kubernetes.io/managed-by: kubectl-mesh, kubectl-mesh.dev/mesh: shop}}}")
	ws, clusters := h.Open()
	var got []reader.Line
	for _, line := range reader.Status(t.Context(), reader.StatusInput{Workspace: ws, Clusters: clusters, Now: now, Log: h.Log}) {
		if line.State == reader.StateUndeclared {
			_, line.Reason, _ = strings.Cut(line.Reason, ": ")
			_, line.Reason, _ = strings.Cut(line.Reason, " -n ")
			got = append(got, line)
		}
	}
	want := []reader.Line{
		{Target: "west", Kind: "token", Subject: "system:serviceaccount:istio-system:istio-reader-service-account", State: reader.StateUndeclared,
			Reason: "istio-system delete secret istio-reader-service-account-istio-remote-secret-token", NeverExpires: true, LastUsed: "2026-05-31"},
		{Target: "west", Kind: "token", Subject: "system:serviceaccount:istio-system:mesh-reader-north", State: reader.StateUndeclared,
			Reason: "istio-system delete serviceaccount mesh-reader-north"},
	}
	if diff := cmp.Diff(want, got); diff != "" || len(h.Messages) > 0 {
		t.Errorf("messages %v (-want +got):\n%s", h.Messages, diff)
	}
}

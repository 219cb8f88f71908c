package reader_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/internal/live"
	"github.com/kubectl-mesh/kubectl-mesh/internal/reader"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/fakeapi"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/testmesh"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
)

// revocation is another run.
func (h *fixture) revocation(pairs ...access.Pair) reader.RevokeInput {
	h.t.Helper()
	ws, clusters := h.Open()
	return reader.RevokeInput{Workspace: ws, Clusters: clusters, Pairs: pairs, Log: h.Log,
		Kubectl: func(context string) string { return live.Kubectl("", context) }}
}

// shown are the steps, a line for each: where, what, the command, the effect.
func (h *fixture) shown(in reader.RevokeInput) []string {
	h.t.Helper()
	steps, err := reader.PlanRevocation(h.t.Context(), in)
	if err != nil {
		h.t.Fatal(err)
	}
	var lines []string
	for _, step := range steps {
		lines = append(lines, h.Normalize(strings.Join([]string{step.Location, step.Action, step.Command, step.Effect}, " | ")))
	}
	return lines
}

func TestSteps(t *testing.T) {
	h := newFixture(t, testmesh.Both)
	h.Write("credentials/west/east/token", "opaque\n")
	h.Write("credentials/overlays/east/remote-secret-west.yaml", "{}\n")
	h.Write("sealed/east/remote-secret-west.yaml", "{}\n")
	const west, east = "kubectl --context=prod-west ", "kubectl --context=prod-east "
	const everyone = "the credential grants no permissions"
	want := []string{
		"(here) | record in .kubectl-mesh/state.yaml that generation 1 is revoked |  | no rendering restores it",
		"west | remove Secret istio-system/mesh-reader-east-token-1 | " + west + "-n istio-system delete secret mesh-reader-east-token-1 --ignore-not-found | " +
			"new requests with its token, and with those bound to it, are refused within 10 seconds",
		"west | remove ClusterRoleBinding mesh-reader-east | " + west + "delete clusterrolebinding mesh-reader-east --ignore-not-found | the reader has no permissions left",
		"west | remove RoleBinding istio-system/mesh-reader-east | " + west + "-n istio-system delete rolebinding mesh-reader-east --ignore-not-found | the reader has no permissions left",
		"west | remove ClusterRole mesh-reader | " + west + "delete clusterrole mesh-reader --ignore-not-found | " + everyone,
		"west | remove Role istio-system/mesh-reader | " + west + "-n istio-system delete role mesh-reader --ignore-not-found | " + everyone,
		"west | remove ServiceAccount istio-system/mesh-reader-east | " + west + "-n istio-system delete serviceaccount mesh-reader-east --ignore-not-found | every token of the account becomes invalid",
		"east | remove Secret istio-system/istio-remote-secret-west | " + east + "-n istio-system delete secret istio-remote-secret-west --ignore-not-found | " +
			"istiod of east closes its watches and forgets the endpoints of west",
		"(here) | remove credentials/overlays/east/remote-secret-west.yaml | rm -f -- credentials/overlays/east/remote-secret-west.yaml | it can no longer be applied from here",
		"(here) | remove credentials/west/east/token | rm -f -- credentials/west/east/token | it can no longer be applied from here",
		"(here) | remove sealed/east/remote-secret-west.yaml | rm -f -- sealed/east/remote-secret-west.yaml | " +
			"then render and commit: until the change is applied, GitOps restores it",
		"west | if the credential is compromised, restart the API server on each control-plane node | crictl stop $(crictl ps --quiet --name kube-apiserver) | " +
			"an established watch continues to deliver Secrets until it times out, as late as its client requested, or the API server restarts",
	}
	before := h.Files()
	if diff := cmp.Diff(want, h.shown(h.revocation(pair))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(before, h.Files()); diff != "" || len(h.changed()) > 0 {
		t.Errorf("a list changes %v, and files (-before +after):\n%s", h.changed(), diff)
	}
}

func TestRevoke(t *testing.T) {
	h := rolledOut(t, testmesh.Both)
	h.Write("credentials/west/east/token", h.issued("1")+"\n")
	kept := h.Files()
	journal := h.journal(0, nil)
	in := h.revocation(pair)
	in.Confirm = func(_ context.Context, question string) error {
		if question != "revoke these credentials? calls over their links will fail" || len(*journal) > 0 || !cmp.Equal(kept, h.Files()) {
			t.Errorf("asked %q, when this was changed already: %v", question, *journal)
		}
		return nil
	}
	if err := reader.Revoke(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	// What ends the token comes first: the rest only takes permissions from it.
	var want []string
	for _, name := range []string{"secrets istio-system/mesh-reader-east-token-1", "clusterrolebindings mesh-reader-east",
		"rolebindings istio-system/mesh-reader-east", "clusterroles mesh-reader", "roles istio-system/mesh-reader",
		"serviceaccounts istio-system/mesh-reader-east"} {
		want = append(want, "west: delete "+name, "west: apply configmaps istio-system/mesh-inventory-shop")
	}
	want = append(want, "east: delete secrets istio-system/istio-remote-secret-west", "east: apply configmaps istio-system/mesh-inventory-shop")
	if diff := cmp.Diff(want, *journal); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	wantMessages := []string{"east no longer reads west: generation 1 is revoked", "west: removed Secret istio-system/mesh-reader-east-token-1",
		"west: removed ClusterRoleBinding mesh-reader-east", "west: removed RoleBinding istio-system/mesh-reader-east",
		"west: removed ClusterRole mesh-reader", "west: removed Role istio-system/mesh-reader",
		"west: removed ServiceAccount istio-system/mesh-reader-east", "east: removed Secret istio-system/istio-remote-secret-west",
		"removed credentials/west/east/token",
		"left to the owner: west: if the credential is compromised, restart the API server on each control-plane node: " +
			"crictl stop $(crictl ps --quiet --name kube-apiserver)",
		"east-west is revoked",
		"render the tree, and commit it with .kubectl-mesh/state.yaml: kubectl mesh render --output-dir deploy -f mesh.yaml; remove the links from mesh.yaml, or grant access again with new credentials: " +
			"kubectl mesh credentials rotate --help"}
	if diff := cmp.Diff(wantMessages, h.Messages); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
	written := h.Files()
	if recorded := h.Recorded(pair.Target); !maps.Equal(recorded.RevokedReaders, map[string]int32{"east": 1}) ||
		len(recorded.ReaderGenerations) > 0 || len(written) != 1 {
		t.Errorf("the workspace holds %v", written)
	}

	// Once more: there is nothing to remove, and nothing to write.
	if err := reader.Revoke(t.Context(), h.revocation(pair)); err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(h.Messages, "west: ServiceAccount istio-system/mesh-reader-east does not exist") ||
		slices.Contains(h.Messages, "east no longer reads west: generation 1 is revoked") || !cmp.Equal(written, h.Files()) || len(*journal) != len(want) {
		t.Errorf("a second time: messages %q, changed %v", h.Messages, (*journal)[len(want):])
	}

	// Let in again, the reader gets a number that it never had.
	if err := reader.Rotate(t.Context(), h.rotation()); err != nil {
		t.Fatal(err)
	}
	if h.held() == "" || h.held() != h.issued("2") {
		t.Errorf("after that east has %q, and west knows %q", h.held(), h.issued("2"))
	}
}

// TestRevokeHurtsIstiod: a fault that shows when a remote secret goes stops nothing, and is named with what mends it: in the
// list by the declared release, before the first change by the image that runs.
func TestRevokeHurtsIstiod(t *testing.T) {
	const (
		hurts = "removing the remote secret of west triggers known faults in Istio 1.30.3: when a remote secret changes or is removed, istiod loses the gateways " +
			"of remote networks and sends calls to unreachable pods, until it is restarted (istio/istio issue 60920)"
		mends = "kubectl --context=prod-east -n istio-system rollout restart deployment/istiod"
	)
	networks := strings.NewReplacer("name: east,", "name: east, network: net-east,", "name: west,", "name: west, network: net-west,")
	for _, test := range []struct {
		name, mesh, declared, running string
		listed, warned                bool
	}{
		{"one network", testmesh.Both, "1.30.3", "1.30.3", false, false},
		{"two networks", networks.Replace(testmesh.Both), "1.30.3", "1.30.3", true, true},
		{"a release with the fix runs", networks.Replace(testmesh.Both), "1.30.3", "1.30.4", true, false},
		{"one without it runs", networks.Replace(testmesh.Both), "1.30.4", "1.30.3", false, true},
	} {
		h := newFixture(t, strings.Replace(test.mesh, "spec:\n", "spec:\n  istio: {version: "+test.declared+"}\n", 1))
		h.East.Intercept((&fakeapi.Istiod{Version: test.running}).Answer)
		step := "east | restart istiod | " + mends + " | " + hurts
		if got := slices.Contains(h.shown(h.revocation(pair)), step); got != test.listed {
			t.Errorf("%s: listed: got %t, want %t", test.name, got, test.listed)
		}
		in := h.revocation(pair)
		in.Confirm = func(context.Context, string) error { return errors.New("no") }
		if err := reader.Revoke(t.Context(), in); err == nil {
			t.Errorf("%s: it went on", test.name)
		}
		warning := "warning: east: " + hurts + " | restart istiod afterwards: " + mends
		if got := slices.Contains(h.Messages, warning); got != test.warned {
			t.Errorf("%s: warned: got %t, want %t: %q", test.name, got, test.warned, h.Messages)
		}
	}
}

// TestRevokeWhatCanBeReached: the reader's own site may be out of reach, or not want to. What is left is
// listed with its commands, and the rest is done.
func TestRevokeWhatCanBeReached(t *testing.T) {
	h := rolledOut(t, testmesh.Both)
	h.Write("mesh.yaml", clusters+"  - {name: east, api: {server: 'EAST', certificateAuthorityData: CA}}\n"+testmesh.West)
	err := reader.Revoke(t.Context(), h.revocation(pair))
	if !errors.Is(err, verdict.ErrIncomplete) {
		t.Errorf("got error %v, want that it is incomplete", err)
	}
	want := []string{
		"warning: east: not done: remove Secret istio-system/istio-remote-secret-west: it has no context in mesh.yaml | " +
			"kubectl --context=CONTEXT_OF_east -n istio-system delete secret istio-remote-secret-west --ignore-not-found",
		"east-west is revoked for new requests; its established watches could not be closed",
	}
	for _, line := range want {
		if !slices.Contains(h.Messages, line) {
			t.Errorf("got %q, want %q among it", h.Messages, line)
		}
	}
	if h.issued("1") != "" || h.held() == "" {
		t.Errorf("west still knows %q; east has %q", h.issued("1"), h.held())
	}
	if slices.Contains(h.Messages, "east-west is revoked") {
		t.Error("it is said to be revoked")
	}
}

// TestRevokeStops where a context leads to another cluster, or somebody says no: nothing is changed.
func TestRevokeStops(t *testing.T) {
	no := errors.New("no")
	for _, test := range []struct {
		name    string
		prepare func(*fixture, *reader.RevokeInput)
		want    []string
	}{
		{"west is another cluster", func(h *fixture, in *reader.RevokeInput) {
			h.Connect(h.East, fakeapi.New(h.t, "uid-of-new"))
			*in = h.revocation(pair)
		}, []string{`context "prod-west" points at another cluster: its UID is uid-of-new, and the UID of west is uid-west | ` +
			"correct context in mesh.yaml; if the cluster was re-created, remove the old uid from mesh.yaml and record the new one: " +
			"kubectl mesh collect --pin --cluster west -f mesh.yaml | nothing was changed in any cluster"}},
		{"somebody says no", func(_ *fixture, in *reader.RevokeInput) {
			in.Confirm = func(context.Context, string) error { return no }
		}, []string{"no"}},
	} {
		h := newFixture(t, testmesh.Both)
		in := h.revocation(pair)
		test.prepare(h, &in)
		err := reader.Revoke(t.Context(), in)
		if diff := cmp.Diff(test.want, h.Problems(err)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
		if changed, written := h.changed(), h.Files(); len(changed)+len(written) > 0 {
			t.Errorf("%s: changed %v, wrote %v", test.name, changed, written)
		}
	}
}

// TestRevokeGoesOn: a step that fails keeps no other from being done.
func TestRevokeGoesOn(t *testing.T) {
	h := rolledOut(t, testmesh.Both)
	h.West.Put("{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {namespace: istio-system, name: mesh-reader-east}}")
	err := reader.Revoke(t.Context(), h.revocation(pair))
	said := h.Problems(err)
	if len(said) != 1 || !strings.HasPrefix(said[0], "west: RoleBinding istio-system/mesh-reader-east is kept: it no longer has the label ") {
		t.Errorf("said %q", said)
	}
	if h.issued("1") != "" || h.held() != "" {
		t.Errorf("west still knows %q; east has %q", h.issued("1"), h.held())
	}
}

// TestRevokeForces: what others still need is narrowed, whoever else has written it.
func TestRevokeForces(t *testing.T) {
	h := rolledOut(t, clusters+strings.Replace(testmesh.East, "api:", "istio: {revision: 1-29}, api:", 1)+testmesh.West+north+
		"  links: [{from: [east, north], to: [west]}]\n")
	const role = "apply roles istio-system/mesh-reader"
	h.West.Intercept(func(request fakeapi.Request) any {
		if strings.HasSuffix(request.String(), role) && !request.Force {
			return fakeapi.Conflict("helm", ".rules")
		}
		return nil
	})
	if err := reader.Revoke(t.Context(), h.revocation(pair)); err != nil {
		t.Fatal(h.Problems(err))
	}
	if !slices.Contains(h.West.Changes(), role) {
		t.Error("the role still lets a revision of nobody be read")
	}
}

// TestSharedAccount: whoever shares a token is cut off with it.
func TestSharedAccount(t *testing.T) {
	h := newFixture(t, westWith("reader: {serviceAccount: istio-reader-service-account}")+north)
	other := access.Pair{Consumer: "north", Target: "west"}
	_, err := reader.PlanRevocation(t.Context(), h.revocation(pair))
	want := []string{"east-west and north-west use the same token: they share account istio-reader-service-account | " +
		"revoke both: --link east-west --link north-west; or give north its own token first: " +
		"kubectl mesh credentials rotate --link north-west -f mesh.yaml"}
	if diff := cmp.Diff(want, h.Problems(err)); diff != "" || !verdict.IsInput(err) {
		t.Errorf("(-want +got):\n%s", diff)
	}
	var removes []string
	for _, line := range h.shown(h.revocation(pair, other)) {
		where, rest, _ := strings.Cut(line, " | ")
		does, _, _ := strings.Cut(rest, " | ")
		removes = append(removes, where+": "+does)
	}
	// Both are ended at once in west; the account itself is Istio's.
	const record = "(here): record in .kubectl-mesh/state.yaml that generation 1 is revoked"
	want = []string{record, record, "west: remove Secret istio-system/istio-reader-service-account-istio-remote-secret-token",
		"east: remove Secret istio-system/istio-remote-secret-west", "north: remove Secret istio-system/istio-remote-secret-west",
		"west: if the credential is compromised, restart the API server on each control-plane node"}
	if diff := cmp.Diff(want, removes); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestManualSteps are what nobody but an owner can do.
func TestManualSteps(t *testing.T) {
	for auth, want := range map[string]string{
		"auth: federated": "west | remove the issuer of east from the file of --authentication-config |  | " +
			"its tokens are no longer accepted; before that they belong to a user without permissions, for at most an hour",
		"auth: external, external: {secretStoreRef: {name: vault}}": "(store) | delete entry shop/west/mesh-reader-east |  | an expired token is no longer delivered",
	} {
		h := newFixture(t, westWith("reader: {"+auth+"}"))
		if lines := h.shown(h.revocation(pair)); !slices.Contains(lines, want) {
			t.Errorf("%s: got %q, want %q among them", auth, lines, want)
		}
	}
}

// TestRestartByPlatform: nothing else ends the watches of whoever has the credential.
func TestRestartByPlatform(t *testing.T) {
	for west, want := range map[string]string{
		"platform: aks": "upgrade the control plane (az aks upgrade --control-plane-only), which replaces the API servers; " +
			"Azure offers no other way to restart them | ",
		"platform: gke": "upgrade the control plane, which restarts the API servers |  | ",
		"":              "restart the API server on each control-plane node | crictl stop $(crictl ps --quiet --name kube-apiserver) | ",
		"platform: k3s": "restart the API server on each server node | systemctl restart k3s",
		"platform: openshift": "restart the API servers | " +
			`oc patch kubeapiserver cluster --type=merge -p '{"spec":{"forceRedeploymentReason":"revoked reader"}}'`,
		"gke: {project: acme, location: us-east1}": "upgrade the control plane, which restarts the API servers | " +
			"gcloud container clusters upgrade west --master --project=acme --location=us-east1",
		"platform: eks": "upgrade the control plane (aws eks update-cluster-version), which replaces the API servers; AWS offers no other way to restart them | ",
	} {
		h := newFixture(t, westWith(west))
		want = "west | if the credential is compromised, " + want
		if lines := h.shown(h.revocation(pair)); !strings.HasPrefix(lines[len(lines)-1], want) {
			t.Errorf("%s: got %q, want %q", west, lines[len(lines)-1], want)
		}
	}
}

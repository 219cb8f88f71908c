package collect_test

import (
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	authenticationv1 "k8s.io/api/authentication/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-mesh/kubectl-mesh/internal/collect"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/fakeapi"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/testmesh"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
)

// fixture is a mesh of which something is to be collected.
type fixture struct {
	*testmesh.Fixture
	t *testing.T
}

func newFixture(t *testing.T, mesh string) *fixture {
	t.Helper()
	return &fixture{Fixture: testmesh.New(t, mesh), t: t}
}

// run collects, and shows the results without what is another one in each run.
func (h *fixture) run(change func(*collect.Input)) ([]collect.Result, error) {
	h.t.Helper()
	ws, clusters := h.Open()
	in := collect.Input{Workspace: ws, Clusters: clusters, Tokens: collect.SkipTokens}
	change(&in)
	all, err := collect.Run(h.t.Context(), in)
	if err != nil {
		return nil, err
	}
	var results []collect.Result
	for _, result := range all {
		result.File, result.Error = h.Normalize(result.File), h.Normalize(result.Error)
		results = append(results, result)
	}
	return results, nil
}

const facts = "clusters/west.yaml"

func named(names ...string) func(*collect.Input) {
	return func(in *collect.Input) { in.Names = names }
}

// TestFacts: what the cluster says goes into its file; what people wrote there stays.
func TestFacts(t *testing.T) {
	h := newFixture(t, testmesh.Both)
	h.West.Put("{apiVersion: v1, kind: Namespace, metadata: {name: istio-system, labels: {topology.istio.io/network: vpc-west}}}")
	h.Write(facts, "apiVersion: kubectl-mesh.dev/v1alpha1\nkind: ClusterFacts\nmetadata: {name: west}\nspec:\n  # as planned\n  locality: {region: eu}\n")
	results, err := h.run(named("west"))
	if err != nil || len(results) != 1 || results[0].Err != nil {
		t.Fatalf("got %+v, %v", results, err)
	}
	want := "apiVersion: kubectl-mesh.dev/v1alpha1\nkind: ClusterFacts\nmetadata: {name: west}\nspec:\n  # as planned\n  locality: {region: eu}\n" +
		"  kubernetesVersion: v1.36.3\n  network: vpc-west\n  api:\n    server: " + h.West.URL +
		"\n    certificateAuthorityData: " + base64.StdEncoding.EncodeToString(h.West.CA) + "\n"
	if diff := cmp.Diff(want, h.Files()[facts]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"kubernetesVersion", "network", "api.server", "api.certificateAuthorityData"}, results[0].Changed); diff != "" {
		t.Errorf("changed (-want +got):\n%s", diff)
	}
	if got := results[0]; got.UID != "uid-west" || got.Context != "prod-west" || got.File != facts {
		t.Errorf("got %+v", got)
	}
	before := h.Files()
	if results, err = h.run(named("west")); err != nil || len(results[0].Changed) > 0 {
		t.Errorf("a second time: %+v, %v", results, err)
	}
	if diff := cmp.Diff(before, h.Files()); diff != "" {
		t.Errorf("a second time (-before +after):\n%s", diff)
	}
	if changed := slices.Concat(h.East.Changes(), h.West.Changes()); len(changed) > 0 {
		t.Errorf("the clusters were changed: %v", changed)
	}
}

// TestSilentCluster: a file keeps what a cluster does not say, and that is noted where peers go by it.
func TestSilentCluster(t *testing.T) {
	h := newFixture(t, testmesh.Both)
	h.Write(facts, "apiVersion: kubectl-mesh.dev/v1alpha1\nkind: ClusterFacts\nmetadata: {name: west}\nspec: {network: vpc, gateway: {addresses: [198.51.100.7]}}\n")
	results, err := h.run(named("west"))
	if err != nil {
		t.Fatal(err)
	}
	var notes []string
	for _, note := range results[0].Notes {
		notes = append(notes, h.Normalize(note.String()))
	}
	for _, want := range []string{"network: clusters/west.yaml: vpc is kept; the cluster does not report it",
		"gateway.addresses: clusters/west.yaml: 198.51.100.7 is kept; the cluster does not report it"} {
		if !slices.Contains(notes, want) {
			t.Errorf("noted %q, want %q", notes, want)
		}
	}
}

// TestConcurrentWriter: a file that has changed since it was read is not written over.
func TestConcurrentWriter(t *testing.T) {
	const text = "apiVersion: kubectl-mesh.dev/v1alpha1\nkind: ClusterFacts\nmetadata: {name: west}\nspec: {network: "
	for before, want := range map[string]string{"": "changed by another process: it did not exist", text + "a}\n": "changed by another process"} {
		h := newFixture(t, testmesh.Both)
		if before != "" {
			h.Write(facts, before)
		}
		h.West.Intercept(func(request fakeapi.Request) any {
			if request.Resource == "version" {
				h.Write(facts, text+"b}\n")
			}
			return nil
		})
		results, err := h.run(named("west"))
		if err != nil {
			t.Fatal(err)
		}
		want = "clusters/west.yaml: " + want + " | run the same command again: it then uses the current files"
		if diff := cmp.Diff([]string{want}, h.Problems(results[0].Err)); diff != "" {
			t.Errorf("before %q (-want +got):\n%s", before, diff)
		}
		if diff := cmp.Diff(text+"b}\n", h.Files()[facts]); diff != "" {
			t.Errorf("before %q: the file (-want +got):\n%s", before, diff)
		}
	}
}

// TestOtherAddress: peers may need another address than this desk, so one that a person wrote stays.
func TestOtherAddress(t *testing.T) {
	h := newFixture(t, strings.Replace(testmesh.Both, "api: {server: 'WEST', certificateAuthorityData: CA}", "network: a", 1))
	h.Write(facts, "apiVersion: kubectl-mesh.dev/v1alpha1\nkind: ClusterFacts\nmetadata: {name: west}\nspec: {api: {server: 'https://203.0.113.20'}}\n")
	results, err := h.run(named("west"))
	if err != nil {
		t.Fatal(err)
	}
	if text := h.Files()[facts]; !strings.Contains(text, "203.0.113.20") || strings.Contains(text, "certificateAuthorityData") {
		t.Errorf("got\n%s", text)
	}
	want := "api of the context: clusters/west.yaml contains another server, https://203.0.113.20, which is kept; remove it from the file to use the context's"
	if !slices.ContainsFunc(results[0].Notes, func(note cluster.Note) bool { return h.Normalize(note.String()) == want }) {
		t.Errorf("noted %v, want %q", results[0].Notes, want)
	}
}

// TestIdentity: facts of another cluster would be those of nobody in the mesh.
func TestIdentity(t *testing.T) {
	h := newFixture(t, strings.Replace(testmesh.Both, "uid: uid-west, ", "", 1))
	results, err := h.run(named("east", "west"))
	if err != nil || results[0].Err != nil || results[1].Err == nil || !strings.HasPrefix(results[1].Error, `context "prod-west" is not verified to point at west: `) {
		t.Fatalf("got %+v, %v", results, err)
	}
	if _, written := h.Files()[facts]; written {
		t.Error("facts of a cluster that nothing proves are written")
	}
	if results, err = h.run(func(in *collect.Input) { in.Names, in.Pin = []string{"west"}, true }); err != nil || results[0].Err != nil {
		t.Errorf("pinned: %+v, %v", results, err)
	}
	if results, err = h.run(named("west")); err != nil || results[0].Err != nil {
		t.Errorf("after that: %+v, %v", results, err)
	}
}

// TestTargets are those that are named, or all that can be reached.
func TestTargets(t *testing.T) {
	h := newFixture(t, strings.Replace(testmesh.Both, "context: prod-west, ", "", 1))
	results, err := h.run(func(*collect.Input) {})
	if err != nil || len(results) != 1 || results[0].Cluster != "east" {
		t.Errorf("got %+v, %v", results, err)
	}
	_, err = h.run(named("west", "eats"))
	want := []string{`no cluster "eats" in mesh.yaml | did you mean east?`,
		"cluster west has no context | set context: NAME in mesh.yaml, or select one: --cluster west --context NAME"}
	if diff := cmp.Diff(want, h.Problems(err)); diff != "" || !verdict.IsInput(err) {
		t.Errorf("(-want +got):\n%s", diff)
	}
	h.Write("mesh.yaml", strings.NewReplacer("context: prod-west, ", "", "context: prod-east, ", "").Replace(testmesh.Both))
	_, err = h.run(func(*collect.Input) {})
	want = []string{"no cluster of mesh.yaml has a context | set context: NAME for each cluster in mesh.yaml; kubectl config get-contexts -o name lists them"}
	if diff := cmp.Diff(want, h.Problems(err)); diff != "" || !verdict.IsInput(err) {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

const tokenFile = "credentials/west/east/token"

// reader has west know the reader from east, with its token.
func (h *fixture) reader(annotations string) {
	h.West.Put("{apiVersion: v1, kind: Namespace, metadata: {name: istio-system}}")
	h.West.Put("{apiVersion: v1, kind: Secret, type: kubernetes.io/service-account-token, " +
		"metadata: {namespace: istio-system, name: mesh-reader-east-token-1" + annotations + "}}")
}

// TestToken is kept where the rendering looks for it, private, and once.
func TestToken(t *testing.T) {
	h := newFixture(t, testmesh.Both)
	h.West.SlowTokens = 1
	h.reader(", annotations: {kubernetes.io/service-account.name: mesh-reader-east}")
	fetch := func(in *collect.Input) { in.Names, in.Tokens = []string{"west"}, collect.FromSecret }
	results, err := h.run(fetch)
	if err != nil || results[0].Err != nil || len(results[0].Tokens) != 1 || !results[0].Tokens[0].Written || results[0].Tokens[0].Consumer != "east" {
		t.Fatalf("got %+v, %v", results, err)
	}
	ws, _ := h.Open()
	token, open, err := ws.ReadToken(access.Pair{Consumer: "east", Target: "west"})
	if claims, _ := token.Claims(); err != nil || open || claims.Subject != "system:serviceaccount:istio-system:mesh-reader-east" {
		t.Errorf("kept is a token of %q, open %t, %v", claims.Subject, open, err)
	}
	if results, err = h.run(fetch); err != nil || results[0].Tokens[0].Written {
		t.Errorf("a second time: %+v, %v", results, err)
	}
	if err := os.Chmod(filepath.Join(h.Dir(), filepath.FromSlash(tokenFile)), 0o644); err != nil {
		t.Fatal(err)
	}
	if results, err = h.run(fetch); err != nil || !results[0].Tokens[0].Written {
		t.Errorf("a file that others may read: %+v, %v", results, err)
	}
	info, err := os.Stat(filepath.Join(h.Dir(), filepath.FromSlash(tokenFile)))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("got %v, %v", info, err)
	}
}

// TestNoToken: which link is without one, and what brings it. The facts are kept all the same.
func TestNoToken(t *testing.T) {
	const kubectl = "kubectl --kubeconfig=CONFIG --context=prod-west"
	for _, test := range []struct {
		name    string
		prepare func(*fixture)
		want    string
	}{
		{"no Secret", func(*fixture) {}, `east has no token to read west: read token secret: secrets "mesh-reader-east-token-1" not found | ` +
			"apply the reader accounts to west: kubectl mesh render -f mesh.yaml --cluster west --secrets=skip | " + kubectl + " apply --server-side --field-manager=mesh-cli -f -"},
		{"it may not be read", func(h *fixture) {
			h.West.Intercept(func(request fakeapi.Request) any {
				if request.Resource == "secrets" && request.Verb == "get" {
					return apierrors.NewForbidden(request.GroupResource(), request.Name, errors.New("no"))
				}
				return nil
			})
		}, `east has no token to read west: read token secret: secrets "mesh-reader-east-token-1" is forbidden: no | ` +
			"ask the cluster owner for this permission; your identity there: " + kubectl + " auth whoami"},
		{"it is of somebody else", func(h *fixture) { h.reader(", annotations: {kubernetes.io/service-account.name: admin}") },
			`the token of east for west belongs to "system:serviceaccount:istio-system:admin", not to "system:serviceaccount:istio-system:mesh-reader-east" | ` +
				"delete that Secret in west and apply the overlay again, or declare the account with reader.serviceAccount"},
	} {
		h := newFixture(t, testmesh.Both)
		test.prepare(h)
		results, err := h.run(func(in *collect.Input) { in.Names, in.Tokens = []string{"west"}, collect.FromSecret })
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{test.want}, h.Problems(results[0].Err)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
		if _, written := h.Files()[tokenFile]; written || h.Files()[facts] == "" {
			t.Errorf("%s: the token is written: %t; the facts are\n%s", test.name, written, h.Files()[facts])
		}
	}
}

// TestRequestedToken ends, and not sooner than is asked for at least.
func TestRequestedToken(t *testing.T) {
	grant := func(life time.Duration) func(fakeapi.Request) any {
		return func(request fakeapi.Request) any {
			if request.Subresource != "token" {
				return nil
			}
			now := time.Now().Truncate(time.Second)
			return authenticationv1.TokenRequest{TypeMeta: metav1.TypeMeta{APIVersion: "authentication.k8s.io/v1", Kind: "TokenRequest"},
				Status: authenticationv1.TokenRequestStatus{ExpirationTimestamp: metav1.NewTime(now.Add(life)), Token: fakeapi.JWT(map[string]any{
					"sub": "system:serviceaccount:istio-system:mesh-reader-east", "iat": now.Unix(), "exp": now.Add(life).Unix()})}}
		}
	}
	request := func(in *collect.Input) {
		in.Names, in.Tokens, in.Duration, in.MinDuration = []string{"west"}, collect.FromRequest, 90*24*time.Hour, 30*24*time.Hour
	}
	h := newFixture(t, testmesh.Both)
	h.West.Intercept(grant(48 * time.Hour))
	results, err := h.run(request)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"east has no token to read west: the granted validity is too short: the token would be valid for 48h0m0s, less than 720h0m0s | " +
		"accept it with --min-duration, raise the API server's --service-account-max-token-expiration, or use --token=secret"}
	if diff := cmp.Diff(want, h.Problems(results[0].Err)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	h.West.Intercept(grant(30 * 24 * time.Hour))
	if results, err = h.run(request); err != nil || results[0].Err != nil || results[0].Tokens[0].Expires == nil || !results[0].Tokens[0].Written {
		t.Errorf("got %+v, %v", results, err)
	}
	if !slices.Contains(h.West.Changes(), "create serviceaccounts/token istio-system/mesh-reader-east") {
		t.Error("no token was asked for")
	}
}

// TestNoPlaceForTokens stops before a cluster is asked for one.
func TestNoPlaceForTokens(t *testing.T) {
	h := newFixture(t, testmesh.Both)
	h.Write("credentials/.gitignore", "!token\n")
	_, err := h.run(func(in *collect.Input) { in.Tokens = collect.FromSecret })
	want := []string{"keep credentials out of git: .gitignore does not ignore everything | its only line must be: * | " +
		"to collect only facts: kubectl mesh collect --token=skip -f mesh.yaml"}
	if diff := cmp.Diff(want, h.Problems(err)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if asked := slices.Concat(h.East.Requests(), h.West.Requests()); len(asked) > 0 {
		t.Errorf("asked: %v", asked)
	}
	if _, err := h.run(func(*collect.Input) {}); err != nil {
		t.Errorf("without tokens: %v", err)
	}
}

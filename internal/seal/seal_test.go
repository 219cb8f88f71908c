package seal_test

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/internal/seal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/fakeapi"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/testmesh"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/sealing"
)

// now is when the tests happen.
var now = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// identity is a key of age: who has it can open what is sealed to its recipient.
func identity(t *testing.T) *age.X25519Identity {
	t.Helper()
	made, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// sealedTo is the mesh, with credentials that are sealed to these recipients.
func sealedTo(identities ...*age.X25519Identity) string {
	var recipients []string
	for _, one := range identities {
		recipients = append(recipients, one.Recipient().String())
	}
	return testmesh.Mesh + testmesh.Quiet + "  sealing: {format: sops, age: {recipients: [" + strings.Join(recipients, ", ") + "]}}\n  clusters:\n" + testmesh.East + testmesh.West
}

// token is the one with which a cluster reads another.
func token(reader string) string {
	return fakeapi.JWT(map[string]any{"sub": "system:serviceaccount:istio-system:mesh-reader-" + reader,
		"kubernetes.io": map[string]any{"secret": map[string]string{"name": "mesh-reader-" + reader + "-token-1"}}})
}

// fixture is a mesh with its credentials.
type fixture struct {
	*testmesh.Fixture
	t *testing.T
}

func newFixture(t *testing.T, mesh string) *fixture {
	t.Helper()
	h := &fixture{Fixture: testmesh.Offline(t, mesh), t: t}
	h.Write("credentials/west/east/token", token("east"))
	h.Write("credentials/east/west/token", token("west"))
	return h
}

// seal is a run.
func (h *fixture) seal(cluster string) error {
	h.t.Helper()
	ws, _ := h.Open()
	before := h.Files()
	prepared, _, err := seal.Prepare(seal.Input{Workspace: ws, Cluster: cluster, Now: now, Log: h.Log})
	for name, text := range h.Files() {
		if before[name] != text && name != "credentials/sealing.key" && name != "credentials/.gitignore" {
			h.t.Errorf("%s is written before all is prepared", name)
		}
	}
	if err != nil {
		return err
	}
	return prepared.Write(h.t.Context())
}

// sealed are the files of ciphertext.
func (h *fixture) sealed() []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(h.Files())), func(name string) bool { return !strings.HasPrefix(name, "sealed/") })
}

// opened is how many files an identity opens and finds to be what they say, and what is wrong with the others.
func (h *fixture) opened(key *age.X25519Identity) (int, map[string]error) {
	h.t.Helper()
	ws, _ := h.Open()
	keys, err := sealing.ParseKeys([]byte(key.String()))
	if err != nil {
		h.t.Fatal(err)
	}
	files, err := ws.ReadSealed(ws.Graph.Names())
	if err != nil {
		h.t.Fatal(err)
	}
	return workspace.ProveSealed(files, keys)
}

const (
	east = "sealed/east/remote-secret-west.yaml"
	west = "sealed/west/remote-secret-east.yaml"
	then = "render, and commit sealed files and tree: kubectl mesh render --output-dir deploy -f mesh.yaml"
)

// TestSeal: ciphertext for each cluster, which its recipients open and nobody else.
func TestSeal(t *testing.T) {
	ours, theirs := identity(t), identity(t)
	h := newFixture(t, sealedTo(ours))
	if err := h.seal(""); err != nil {
		t.Fatal(h.Problems(err))
	}
	want := []string{east + ": sealed", west + ": sealed", ".gitleaks.toml: written", ".sops.yaml: written", then}
	if diff := cmp.Diff(want, h.Messages); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
	files := h.Files()
	for name, text := range files {
		if !strings.HasPrefix(name, "credentials/") && (strings.Contains(text, token("east")) || strings.Contains(text, token("west"))) {
			t.Errorf("%s holds a token in the clear", name)
		}
	}
	if proven, wrong := h.opened(ours); proven != 2 || len(wrong) > 0 {
		t.Errorf("the recipient opens %d, wrong are %v", proven, wrong)
	}
	if proven, wrong := h.opened(theirs); proven != 0 || !errors.Is(wrong[east], sealing.ErrForOthers) {
		t.Errorf("somebody else opens %d; %v", proven, wrong)
	}
	rules := "# Written by kubectl mesh seal. Change spec.sealing in mesh.yaml, not this file.\ncreation_rules:\n" +
		"- age: " + ours.Recipient().String() + "\n  encrypted_regex: ^(data|stringData)$\n  mac_only_encrypted: true\n  path_regex: ^sealed/east/[^/]+\\.yaml$\n" +
		"- age: " + ours.Recipient().String() + "\n  encrypted_regex: ^(data|stringData)$\n  mac_only_encrypted: true\n  path_regex: ^sealed/west/[^/]+\\.yaml$\n"
	if diff := cmp.Diff(rules, files[".sops.yaml"]); diff != "" {
		t.Errorf(".sops.yaml (-want +got):\n%s", diff)
	}

	// A second run recognizes what it has sealed, without opening it.
	if err := h.seal(""); err != nil {
		t.Fatal(h.Problems(err))
	}
	if diff := cmp.Diff(files, h.Files()); diff != "" {
		t.Errorf("a second run (-before +after):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"2 sealed files unchanged"}, h.Messages); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
}

// TestSealOne leaves the others as they are.
func TestSealOne(t *testing.T) {
	h := newFixture(t, sealedTo(identity(t)))
	if err := h.seal("west"); err != nil {
		t.Fatal(h.Problems(err))
	}
	if diff := cmp.Diff([]string{west}, h.sealed()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestSealAgain: what has changed is sealed again, and why is said.
func TestSealAgain(t *testing.T) {
	first, second := identity(t), identity(t)
	for _, test := range []struct {
		name   string
		change func(*fixture)
		want   []string
	}{
		{"another token", func(h *fixture) {
			h.Write("credentials/west/east/token", strings.TrimSuffix(token("east"), "c2ln")+"b3Ro")
		}, []string{east + ": sealed again: another credential", "1 sealed file unchanged", then}},
		{"another address", func(h *fixture) {
			h.Write("mesh.yaml", strings.Replace(sealedTo(first), "'WEST'", "'https://203.0.113.20'", 1))
		},
			[]string{east + ": sealed again: another server", "1 sealed file unchanged", then}},
		{"another mesh in the labels", func(h *fixture) {
			h.Write(east, strings.Replace(h.Files()[east], "kubectl-mesh.dev/mesh: shop", "kubectl-mesh.dev/mesh: other", 1))
		}, []string{east + ": sealed again: other labels or annotations", "1 sealed file unchanged", then}},
		{"one more recipient", func(h *fixture) { h.Write("mesh.yaml", sealedTo(first, second)) }, []string{
			east + ": sealed again: other recipients", west + ": sealed again: other recipients", ".sops.yaml: written", then}},
		{"a file that is damaged", func(h *fixture) { h.Write(east, "hello") }, []string{east + ": sealed again: the document is not a YAML mapping", "1 sealed file unchanged", then}},
		{"a recipient who is none any more", func(h *fixture) {
			h.Write("mesh.yaml", sealedTo(second))
		}, []string{east + ": sealed again: other recipients", west + ": sealed again: other recipients",
			"warning: " + east + ": holders of " + first.Recipient().String() + " can still decrypt the old file in Git",
			"rotate the credential: kubectl mesh credentials rotate --link east-west -f mesh.yaml",
			"warning: " + west + ": holders of " + first.Recipient().String() + " can still decrypt the old file in Git",
			"rotate the credential: kubectl mesh credentials rotate --link west-east -f mesh.yaml", ".sops.yaml: written", then}},
	} {
		h := newFixture(t, sealedTo(first))
		if err := h.seal(""); err != nil {
			t.Fatal(h.Problems(err))
		}
		test.change(h)
		if err := h.seal(""); err != nil {
			t.Errorf("%s: %v", test.name, h.Problems(err))
		}
		if diff := cmp.Diff(test.want, h.Messages); diff != "" {
			t.Errorf("%s: messages (-want +got):\n%s", test.name, diff)
		}
	}
}

// TestJudge: a rendering says what in the open of a sealed file is not as mesh.yaml says, and refuses another object.
func TestJudge(t *testing.T) {
	key := identity(t)
	for what, test := range map[string]struct{ old, new, want string }{
		"as it is":      {"", "", ""},
		"another mesh":  {"kubectl-mesh.dev/mesh: shop", "kubectl-mesh.dev/mesh: other", "MESH037 does not match mesh.yaml: other labels or annotations"},
		"another name":  {"name: istio-remote-secret-west", "name: istio-remote-secret-north", "MESH038 it must be istio-system/istio-remote-secret-west, but is another object"},
		"another label": {"istio/multiCluster: \"true\"", "istio/multiCluster: \"no\"", "MESH038 metadata.labels[istio/multiCluster]: must be true"},
	} {
		h := newFixture(t, sealedTo(key))
		if err := h.seal(""); err != nil {
			t.Fatal(h.Problems(err))
		}
		if !strings.Contains(h.Files()[east], test.old) {
			t.Fatalf("%s: no %q in\n%s", what, test.old, h.Files()[east])
		}
		h.Write(east, strings.Replace(h.Files()[east], test.old, test.new, 1))
		ws, _ := h.Open()
		if _, err := ws.ReadSealed(ws.Graph.Names()); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, problem := range ws.SealedProblems() {
			got = append(got, problem.Rule+" "+problem.Message)
		}
		if strings.Join(got, "\n") != test.want {
			t.Errorf("%s: got %q, want %q", what, got, test.want)
		}
	}
}

// TestSealWithoutTheToken: what somebody else has sealed stays, as long as mesh.yaml says the same.
func TestSealWithoutTheToken(t *testing.T) {
	ours := identity(t)
	h := newFixture(t, sealedTo(ours))
	if err := h.seal(""); err != nil {
		t.Fatal(h.Problems(err))
	}
	ws, _ := h.Open()
	if err := ws.Forget(t.Context(), "credentials/west/east/token"); err != nil {
		t.Fatal(err)
	}
	if err := h.seal(""); err != nil || !slices.Equal(h.Messages, []string{"2 sealed files unchanged"}) {
		t.Errorf("got %v, messages %q", h.Problems(err), h.Messages)
	}

	h.Write("mesh.yaml", strings.Replace(sealedTo(ours), "'WEST'", "'https://203.0.113.20'", 1))
	before := h.Files()
	ws, _ = h.Open()
	prepared, _, err := seal.Prepare(seal.Input{Workspace: ws, Now: now})
	if err != nil {
		t.Fatal(h.Problems(err))
	}
	held := prepared.Held()
	if len(held) != 1 || h.Normalize(prepared.Path(held[0])) != east || h.Normalize(held[0].Why) != "east has no token for west; "+east+" must be sealed again: another server" {
		t.Errorf("got %v", held)
	}
	if diff := cmp.Diff(before, h.Files()); diff != "" {
		t.Errorf("written (-before +after):\n%s", diff)
	}
}

// TestNothingToSeal says how to have something sealed.
func TestNothingToSeal(t *testing.T) {
	const how = " | set in mesh.yaml: spec.sealing: {format: sops, age: {recipients: [age1...]}}"
	for _, test := range []struct{ mesh, cluster, want string }{
		{testmesh.Both, "", "nothing is sealed for any cluster: mesh.yaml sets no sealing.format" + how},
		{testmesh.Both, "east", "nothing is sealed for east: its sealing.format is none" + how},
		{sealedTo(identity(t)), "eats", `no cluster "eats" in mesh.yaml | did you mean east?`},
	} {
		h := newFixture(t, test.mesh)
		err := h.seal(test.cluster)
		if said := h.Problems(err); len(said) != 1 || said[0] != test.want || !verdict.IsInput(err) {
			t.Errorf("cluster %q: got %q, want %q", test.cluster, said, test.want)
		}
		if files := h.sealed(); len(files) > 0 {
			t.Errorf("cluster %q: written %v", test.cluster, files)
		}
	}
}

// TestSettings of other programs are written where they are ours, and nowhere else.
func TestSettings(t *testing.T) {
	h := newFixture(t, sealedTo(identity(t)))
	h.Write(".sops.yaml", "creation_rules: []\n")
	h.Write(".gitleaks.toml", "title = 'ours'\n")
	if err := h.seal(""); err != nil {
		t.Fatal(h.Problems(err))
	}
	want := []string{east + ": sealed", west + ": sealed",
		"warning: .gitleaks.toml was not created by kubectl mesh, and is unchanged",
		"without them gitleaks finds no post-quantum age keys: copy the rules that kubectl mesh init writes",
		"warning: .sops.yaml was not created by kubectl mesh, and is unchanged",
		"add the recipients of spec.sealing to the rules for sealed/ in it, or move it to another directory", then}
	if diff := cmp.Diff(want, h.Messages); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
	if files := h.Files(); files[".sops.yaml"] != "creation_rules: []\n" || files[".gitleaks.toml"] != "title = 'ours'\n" {
		t.Errorf("a file of somebody else has changed: %q, %q", files[".sops.yaml"], files[".gitleaks.toml"])
	}
}

// TestSourceKey: a damaged one is no reason to seal everything again.
func TestSourceKey(t *testing.T) {
	h := newFixture(t, sealedTo(identity(t)))
	h.Write("credentials/sealing.key", "hello\n")
	err := h.seal("")
	if diff := cmp.Diff([]string{"credentials/sealing.key is damaged | remove it; the next run creates another one"}, h.Problems(err)); diff != "" || !verdict.IsInput(err) {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestCheckAll proves what is sealed: that it is what its annotations say, which alone are reviewed.
func TestCheckAll(t *testing.T) {
	ours, theirs := identity(t), identity(t)
	h := newFixture(t, sealedTo(ours))
	keys := func(one *age.X25519Identity) sealing.Keys {
		parsed, err := sealing.ParseKeys([]byte(one.String()))
		if err != nil {
			t.Fatal(err)
		}
		return parsed
	}
	ws, _ := h.Open()
	_, _, err := ws.CheckAll(keys(ours))
	if diff := cmp.Diff([]string{"there are no sealed files to verify | seal first: kubectl mesh seal -f mesh.yaml"}, h.Problems(err)); diff != "" {
		t.Errorf("before anything is sealed (-want +got):\n%s", diff)
	}
	if err := h.seal(""); err != nil {
		t.Fatal(h.Problems(err))
	}
	ws, _ = h.Open()
	if _, proven, err := ws.CheckAll(keys(ours)); err != nil || proven != 2 {
		t.Errorf("got %d, %v", proven, err)
	}
	if _, proven, err := ws.CheckAll(sealing.Keys{}); err != nil || proven != 0 {
		t.Errorf("without keys: got %d, %v", proven, err)
	}
	_, _, err = ws.CheckAll(keys(theirs))
	if diff := cmp.Diff([]string{"the identity decrypts none of 2 sealed files | specify an identity that decrypts them; a SealedSecret requires its controller's private key"},
		h.Problems(err)); diff != "" {
		t.Errorf("with another key (-want +got):\n%s", diff)
	}

	// Somebody has put the ciphertext of one file under the annotations of another.
	text := h.Files()[east]
	h.Write(east, strings.Replace(text, "https://203.0.113.2", "https://203.0.113.66", 1))
	ws, _ = h.Open()
	problems, proven, err := ws.CheckAll(keys(ours))
	found := slices.ContainsFunc(problems, func(p mesh.Problem) bool {
		return h.Normalize(p.File) == east && p.Hint == "find out who changed it before it is applied; then seal again: kubectl mesh seal"
	})
	if err != nil || proven != 1 || !found {
		t.Errorf("an annotation that lies: proven %d, %v, %v", proven, problems, err)
	}
}

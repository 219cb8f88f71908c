package reader_test

import (
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/internal/reader"
	"github.com/kubectl-mesh/kubectl-mesh/internal/seal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/fakeapi"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/testmesh"
)

const (
	sealedFile   = "sealed/east/remote-secret-west.yaml"
	sealCommands = "kubectl mesh seal --cluster east -f mesh.yaml; kubectl mesh render --output-dir deploy -f mesh.yaml; " +
		"commit both, and wait until east is synced with Git"
)

// sealing is a mesh.yaml whose credentials are sealed for somebody, with these clusters.
func sealing(t *testing.T, members string) string {
	t.Helper()
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return testmesh.Mesh + testmesh.Quiet + "  sealing: {format: sops, age: {recipients: [" + identity.Recipient().String() + "]}}\n  clusters:\n" + members
}

// seal seals the token that is here for east.
func (h *fixture) seal() {
	h.t.Helper()
	ws, _ := h.Open()
	made, _, err := seal.Prepare(seal.Input{Workspace: ws, Cluster: "east", Now: now, Log: h.Log})
	if err == nil {
		err = made.Write(h.t.Context())
	}
	if err != nil {
		h.t.Fatal(h.Problems(err))
	}
}

// TestDropComparesWhatIsSealed: as long as Git has the old credential, sealed, whatever applies Git would bring it back a
// moment after it has ended.
func TestDropComparesWhatIsSealed(t *testing.T) {
	for name, test := range map[string]struct {
		prepare func(h *fixture, old string)
		want    string // begins the error; it ends with the commands that seal
	}{
		"the new one is sealed": {prepare: func(h *fixture, _ string) {
			h.Write(tokenFile, token("mesh-reader-east-token-2", 0, 0))
			h.seal()
		}},
		"nothing is sealed": {prepare: func(*fixture, string) {}},
		"the old one is sealed": {prepare: func(h *fixture, old string) { h.Write(sealedFile, old) },
			want: sealedFile + `: it contains the credential of "mesh-reader-east-token-1", not of generation 2, which is "mesh-reader-east-token-2"`},
		"it names none": {prepare: func(h *fixture, old string) {
			var kept []string
			for line := range strings.Lines(old) {
				if !strings.Contains(line, "mesh-reader-east-token-1") {
					kept = append(kept, line)
				}
			}
			h.Write(sealedFile, strings.Join(kept, ""))
		}, want: sealedFile + `: its annotations do not name its credential, "mesh-reader-east-token-2" is expected`},
		"no sealed file": {prepare: func(h *fixture, _ string) { h.Write(sealedFile, "hello") }, want: sealedFile + ": "},
	} {
		t.Run(name, func(t *testing.T) {
			h := newFixture(t, sealing(t, testmesh.East+testmesh.West))
			h.Write("credentials/east/west/token", fakeapi.JWT(map[string]any{"sub": "system:serviceaccount:istio-system:mesh-reader-west"}))
			h.Write(tokenFile, token("mesh-reader-east-token-1", 0, 0))
			h.seal()
			old := h.Files()[sealedFile]
			if err := reader.Begin(t.Context(), h.rotation()); err != nil {
				t.Fatal(h.Problems(err))
			}
			ws, _ := h.Open()
			if err := ws.Forget(t.Context(), sealedFile); err != nil {
				t.Fatal(err)
			}
			test.prepare(h, old)
			in := h.rotation()
			in.Offline = true
			err := reader.Drop(t.Context(), in)
			if test.want == "" {
				if err != nil || len(h.counting()) != 1 {
					t.Errorf("said %q, recorded %v", h.Problems(err), h.counting())
				}
				return
			}
			if said := h.Problems(err); len(said) != 1 || !strings.HasPrefix(said[0], test.want) || !strings.HasSuffix(said[0], " | "+sealCommands) {
				t.Errorf("said %q, want %q", said, test.want)
			}
			if len(h.counting()) != 2 {
				t.Errorf("recorded %v", h.counting())
			}
		})
	}
}

// TestSealedCredentialsTravelByGit: what is printed seals, renders and commits; a cluster without a context is changed by
// what applies Git, for a stream of it has ciphertext.
func TestSealedCredentialsTravelByGit(t *testing.T) {
	const commit = "render the tree, and commit it with .kubectl-mesh/state.yaml: kubectl mesh render --output-dir deploy -f mesh.yaml; "
	for name, test := range map[string]struct{ members, want string }{
		"both are reached": {testmesh.East + testmesh.West, commit + "kubectl mesh render --apply --cluster west -f mesh.yaml; " +
			"kubectl mesh collect --cluster west -f mesh.yaml; " + sealCommands + "; then: " + rotate},
		"west is away": {testmesh.East + westAway, "render the tree, and commit it with .kubectl-mesh/state.yaml; kubectl mesh render --output-dir deploy -f mesh.yaml; commit it, and wait until west is synced with Git; " +
			"after applying west's overlay: (umask 077; mkdir -p credentials/west/east && kubectl --context=CONTEXT_OF_west -n istio-system " +
			"get secret mesh-reader-east-token-2 -o go-template='{{.data.token | base64decode}}' > credentials/west/east/token); " +
			sealCommands + "; then: " + rotate},
	} {
		h := &fixture{Fixture: testmesh.Offline(t, sealing(t, test.members)), t: t}
		if err := reader.Begin(t.Context(), h.rotation()); err != nil {
			t.Fatal(h.Problems(err))
		}
		want := []string{"begin: east reads west with generations 1 and 2", test.want}
		if diff := cmp.Diff(want, h.Messages); diff != "" {
			t.Errorf("%s: messages (-want +got):\n%s", name, diff)
		}
	}
}

// TestRotateStopsForWhatIsSealed: the clusters have the new credential, and Git has the old one, so that one is not ended.
func TestRotateStopsForWhatIsSealed(t *testing.T) {
	h := rolledOut(t, sealing(t, testmesh.East+testmesh.West))
	h.Write("credentials/east/west/token", fakeapi.JWT(map[string]any{"sub": "system:serviceaccount:istio-system:mesh-reader-west"}))
	h.Write(tokenFile, h.issued("1")+"\n")
	h.seal()
	said := h.Problems(reader.Rotate(t.Context(), h.rotation()))
	want := []string{sealedFile + `: it contains the credential of "mesh-reader-east-token-1", not of generation 2, which is "mesh-reader-east-token-2" | ` +
		sealCommands + " | the old credential is unchanged; to continue: " + rotate + " --apply"}
	if diff := cmp.Diff(want, said); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if h.issued("1") == "" || h.held() != h.issued("2") || h.Files()[tokenFile] != h.issued("2")+"\n" {
		t.Errorf("west knows %q, east has %q, the file has %q", h.issued("1"), h.held(), h.Files()[tokenFile])
	}
	h.seal()
	if err := reader.Rotate(t.Context(), h.rotation()); err != nil || h.issued("1") != "" {
		t.Errorf("after sealing: %q; west knows %q", h.Problems(err), h.issued("1"))
	}
}

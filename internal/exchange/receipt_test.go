package exchange_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/crypto/ssh"

	"github.com/kubectl-mesh/kubectl-mesh/internal/exchange"
	"github.com/kubectl-mesh/kubectl-mesh/internal/signer"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/check"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
	format "github.com/kubectl-mesh/kubectl-mesh/pkg/exchange"
)

const meshYAML = `apiVersion: kubectl-mesh.dev/v1alpha1
kind: Mesh
metadata: {name: shop}
spec:
  reader: {auth: clientCertificate}
  sites:
  - {name: north, clusters: [west, edge]}
  - {name: south, clusters: [east]}
  clusters: [{name: east}, {name: west}, {name: edge}]
  links: [{from: [west], to: [east]}]
`

func openMesh(t *testing.T) *workspace.Workspace {
	t.Helper()
	return openFiles(t, map[string]string{"mesh.yaml": meshYAML})
}

// openFiles opens a workspace that has these files.
func openFiles(t *testing.T, files map[string]string) *workspace.Workspace {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	name := filepath.Join(dir, "mesh.yaml")
	ws, err := workspace.OpenUnchecked(t.Context(), workspace.Source{Filename: name})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(ws.Close)
	return ws
}

func newKey(t *testing.T) string {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(key, "")
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// TestNewReceipt: a receipt states what was seen, sums up each link, and says what could not be asked.
func TestNewReceipt(t *testing.T) {
	west := &check.Observation{
		UID: "uid-of-west", Reported: cluster.Facts{KubernetesVersion: "v1.36.3", Istio: cluster.Istio{Found: true, Version: "1.31.0"}},
		Certificates: check.Reading[cluster.Certificates]{Value: cluster.Certificates{RootSHA256: []string{strings.Repeat("aa", 32)}}},
		Secrets: check.Reading[[]check.Secret]{Value: []check.Secret{{Name: "istio-remote-secret-east", Ours: true,
			Remotes: []check.RemoteKubeconfig{{ClusterID: "east", Credential: "mesh:west"}}}}},
		Istiod: check.Istiod{Clusters: check.Reading[[]check.SyncState]{Value: []check.SyncState{{ID: "east", SyncStatus: "synced"}}}},
	}
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	done, err := exchange.NewReceipt(t.Context(), exchange.ReceiptInput{
		Observed: map[string]*check.Observation{"west": west, "edge": {Unreachable: "no route to host"}},
		Results: []check.Result{
			{Title: "Synced", Status: check.StatusOK, Cluster: "west", Peer: "east"},
			{Title: "Endpoints", Reason: "none", Status: check.StatusFailed, Cluster: "west", Peer: "east"},
		},
		ExportInput: exchange.ExportInput{Local: exchange.Local{Workspace: openMesh(t), Site: "north"}, Signer: signer.Input{File: newKey(t)}, Now: now, Validity: time.Hour},
	})
	if err != nil {
		t.Fatal(err)
	}
	file, err := format.Parse(done.Text)
	if err != nil {
		t.Fatal(err)
	}
	want := []format.Receipt{
		{Cluster: "edge", Unknown: []string{"no route to host"}},
		{Cluster: "west", UID: "uid-of-west", Kubernetes: "v1.36.3", Istio: "1.31.0", Roots: []string{strings.Repeat("aa", 32)}, Peers: []format.ReceiptPeer{
			{Cluster: "east", State: "failed", Reasons: []string{"Endpoints: none"}, Generation: 1, Istiod: "synced"},
		}},
	}
	if diff := cmp.Diff(want, file.Receipts); diff != "" || file.Purpose != format.PurposeReceipt {
		t.Errorf("purpose %s (-want +got):\n%s", file.Purpose, diff)
	}
}

// TestContradictions: what two receipts, or a receipt and this workspace, cannot both be right about.
func TestContradictions(t *testing.T) {
	const first, second = "aa11111111111111111111111111111111111111111111111111111111111111", "bb22222222222222222222222222222222222222222222222222222222222222"
	reads := func(generation int32) []format.ReceiptPeer {
		return []format.ReceiptPeer{{Cluster: "east", State: "ok", Generation: generation}}
	}
	counts := func(revoked int32, current ...int32) []format.ReceiptReader {
		return []format.ReceiptReader{{Consumer: "west", Current: current, Revoked: revoked}}
	}
	for name, test := range map[string]struct {
		mesh, state string
		west, east  format.Receipt
		want        []string
	}{
		"nothing": {meshYAML, "", format.Receipt{Roots: []string{first}, Peers: reads(1)}, format.Receipt{Roots: []string{first, second}, Readers: counts(0, 1)}, []string{}},
		"both ends see other roots": {meshYAML, "", format.Receipt{Roots: []string{first}}, format.Receipt{Roots: []string{second}},
			[]string{"west and east trust no common root: aa11111111111111, and bb22222222222222"}},
		"the target has revoked the credential": {meshYAML, "", format.Receipt{Peers: reads(1)}, format.Receipt{Readers: counts(1, 2)},
			[]string{"west reads east with generation 1, but east has revoked it"}},
		"this workspace knows of the revocation": {meshYAML, "east: {readerGenerations: {west: [2]}, revokedReaders: {west: 1}}", format.Receipt{Peers: reads(1)}, format.Receipt{Readers: counts(0, 1)},
			[]string{"west reads east with generation 1, but east has revoked it"}},
		"a rotation is over": {meshYAML, "", format.Receipt{Peers: reads(1)}, format.Receipt{Readers: counts(0, 2)},
			[]string{"west reads east with generation 1, but east accepts generation 2: the data from this workspace predates a rotation"}},
		"a rotation is under way": {meshYAML, "", format.Receipt{Peers: reads(1)}, format.Receipt{Readers: counts(0, 1, 2)}, []string{}},
		"older than a rotation of the root": {pinned(first, second), "", format.Receipt{Roots: []string{first}}, format.Receipt{Roots: []string{first, second}},
			[]string{"west does not trust root bb22222222222222, which NAME pins: the data from this workspace predates a rotation, or the rotation is not applied there"}},
		"a root that is not pinned": {pinned(first), "", format.Receipt{Roots: []string{first, second}}, format.Receipt{Roots: []string{first}},
			[]string{"west trusts root bb22222222222222, which NAME does not pin"}},
		"another tree": {meshYAML, "", format.Receipt{Tree: first}, format.Receipt{},
			[]string{"the tree of west at this workspace differs from the one that is rendered here"}},
	} {
		t.Run(name, func(t *testing.T) {
			ws := openFiles(t, map[string]string{"mesh.yaml": test.mesh, "deploy/overlays/west/kustomization.yaml": "{}\n", ".kubectl-mesh/state.yaml": stateOf(test.state)})
			test.west.Cluster, test.west.UID = "west", "1"
			test.east.Cluster, test.east.UID = "east", "2"
			m, err := exchange.NewMatrix(t.Context(), exchange.MatrixInput{Workspace: ws, Own: []format.Receipt{test.west, test.east}})
			if err != nil {
				t.Fatal(err)
			}
			for i, text := range m.Contradictions {
				m.Contradictions[i] = strings.ReplaceAll(text, ws.Name, "NAME")
			}
			if diff := cmp.Diff(test.want, m.Contradictions); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestOwnReceiptIsPassedOver: the receipts of all sites are in one directory, and what was asked from here is newer.
func TestOwnReceiptIsPassedOver(t *testing.T) {
	in := exchange.ExportInput{
		Local: exchange.Local{Workspace: openMesh(t), Site: "south"}, Signer: signer.Input{File: newKey(t)}, Now: time.Now(), Validity: time.Hour,
	}
	done, err := exchange.NewReceipt(t.Context(), exchange.ReceiptInput{ExportInput: in})
	if err != nil {
		t.Fatal(err)
	}
	files := []exchange.Named{{Name: "south.exchange", Text: done.Text}}
	_, err = exchange.NewMatrix(t.Context(), exchange.MatrixInput{Workspace: in.Workspace, Files: files, Own: []format.Receipt{{Cluster: "east", UID: "1"}}})
	if err != nil {
		t.Error(err)
	}
	_, err = exchange.NewMatrix(t.Context(), exchange.MatrixInput{Workspace: in.Workspace, Files: files})
	want := "south.exchange: site south signs with a key that is not accepted yet: " + done.Fingerprint
	if err == nil || err.Error() != want {
		t.Errorf("where the cluster was not asked: got %v, want %s", err, want)
	}
}

func pinned(roots ...string) string {
	return strings.Replace(meshYAML, "spec:\n", "spec:\n  trust: {ca: {roots: ["+strings.Join(roots, ", ")+"]}}\n", 1)
}

func stateOf(clusters string) string {
	if clusters == "" {
		clusters = "{}"
	}
	return "apiVersion: kubectl-mesh.dev/v1alpha1\nkind: State\nspec:\n  clusters:\n    " + clusters + "\n"
}

// TestReceiptGenerations: a receipt knows the generation of the credential in a remote secret, of every kind that has one.
func TestReceiptGenerations(t *testing.T) {
	for name, test := range map[string]struct {
		reader, credential string
		want               int32
	}{
		"a client certificate":      {"{auth: clientCertificate}", "mesh:west", 1},
		"of the second generation":  {"{auth: clientCertificate}", access.ReaderUser("west", 2), 2},
		"a token":                   {"{auth: token, allowNonExpiring: true}", "mesh-reader-west-token-1", 1},
		"a token of another Secret": {"{auth: token, allowNonExpiring: true}", "istio-reader-token", 0},
		"federated":                 {"{auth: federated}", "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			ws := openFiles(t, map[string]string{
				"mesh.yaml":                strings.Replace(meshYAML, "{auth: clientCertificate}", test.reader, 1),
				".kubectl-mesh/state.yaml": stateOf("east: {readerGenerations: {west: [1, 2]}}"),
			})
			seen := map[string]*check.Observation{"west": {UID: "1", Secrets: check.Reading[[]check.Secret]{Value: []check.Secret{{
				Name: "istio-remote-secret-east", Remotes: []check.RemoteKubeconfig{{ClusterID: "east", Credential: test.credential}},
			}}}}}
			in := exchange.ExportInput{
				Local: exchange.Local{Workspace: ws, Site: "north"}, Signer: signer.Input{File: newKey(t)}, Now: time.Now(), Validity: time.Hour,
			}
			done, err := exchange.NewReceipt(t.Context(), exchange.ReceiptInput{ExportInput: in, Observed: seen})
			if err != nil {
				t.Fatal(err)
			}
			for _, receipt := range done.Document.Receipts {
				if receipt.Cluster == "west" && receipt.Peers[0].Generation != test.want {
					t.Errorf("generation %d, want %d", receipt.Peers[0].Generation, test.want)
				}
			}
		})
	}
}

package exchange_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/crypto/ssh"

	"github.com/kubectl-mesh/kubectl-mesh/internal/exchange"
	"github.com/kubectl-mesh/kubectl-mesh/internal/signer"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
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
	name := filepath.Join(t.TempDir(), "mesh.yaml")
	if err := os.WriteFile(name, []byte(meshYAML), 0o600); err != nil {
		t.Fatal(err)
	}
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
		UID: "uid-of-west", Told: cluster.Facts{KubernetesVersion: "v1.36.3", Istio: cluster.Istio{Found: true, Version: "1.31.0"}},
		Certificates: check.Seen[cluster.Certificates]{Value: cluster.Certificates{RootSHA256: []string{"aa"}}},
		Secrets: check.Seen[[]check.Secret]{Value: []check.Secret{{Name: "istio-remote-secret-east", Ours: true,
			Remotes: []check.RemoteKubeconfig{{ClusterID: "east", Credential: "mesh:west"}}}}},
		Istiod: check.Istiod{Clusters: check.Seen[[]check.SyncState]{Value: []check.SyncState{{ID: "east", SyncStatus: "synced"}}}},
	}
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	done, err := exchange.NewReceipt(t.Context(), exchange.ReceiptInput{
		Observed: map[string]*check.Observation{"west": west, "edge": {Unseen: "no route to host"}},
		Results: []check.Result{
			{Title: "Synced", Status: check.StatusOK, Cluster: "west", Peer: "east"},
			{Title: "Endpoints", Reason: "none", Status: check.StatusFailed, Cluster: "west", Peer: "east"},
		},
		ExportInput: exchange.ExportInput{Here: exchange.Here{Workspace: openMesh(t), Site: "north"}, Signer: signer.Input{File: newKey(t)}, Now: now, Validity: time.Hour},
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
		{Cluster: "west", UID: "uid-of-west", Kubernetes: "v1.36.3", Istio: "1.31.0", Roots: []string{"aa"}, Peers: []format.ReceiptPeer{
			{Cluster: "east", State: "failed", Reasons: []string{"Endpoints: none"}, Generation: 1, Istiod: "synced"},
		}},
	}
	if diff := cmp.Diff(want, file.Receipts); diff != "" || file.Purpose != format.PurposeReceipt {
		t.Errorf("purpose %s (-want +got):\n%s", file.Purpose, diff)
	}
}

// TestContradictions: both ends see other roots.
func TestContradictions(t *testing.T) {
	m, err := exchange.NewMatrix(exchange.MatrixInput{Workspace: openMesh(t), Own: []format.Receipt{
		{Cluster: "west", UID: "1", Roots: []string{"aa"}, Peers: []format.ReceiptPeer{{Cluster: "east", State: "ok"}}},
		{Cluster: "east", UID: "2", Roots: []string{"bb"}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	want := exchange.Matrix{
		Cells:          []exchange.MatrixCell{{Consumer: "west", Target: "east", State: "ok", Reasons: nil, Site: "here"}},
		Contradictions: []string{"west and east trust no common root: aa, and bb"},
	}
	if diff := cmp.Diff(want, m); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

package writers_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/files"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/exchange"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/sshsig"
)

const twoSites = "  sites: [{name: north, clusters: [west]}, {name: south, clusters: [east]}]\n"

// receivedFromNorth has facts and a revocation of another site, from an accepted signer.
func receivedFromNorth(t *testing.T, dir string) {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(key)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	facts := "apiVersion: kubectl-mesh.dev/v1alpha1\nkind: ClusterFacts\nmetadata: {name: west}\nspec: {locality: {region: us-west1}}\n"
	text, err := exchange.Encode(exchange.Document{
		Mesh: "shop", From: "north", Purpose: exchange.PurposeExchange, Serial: now.UnixMicro(), Issued: now.UTC(), NotAfter: now.Add(time.Hour).UTC(),
		Clusters: []string{"west"},
		Items: []exchange.Item{
			{Kind: exchange.ItemFacts, Cluster: "west", Text: exchange.NewLines([]byte(facts))},
			{Kind: exchange.ItemGenerations, Cluster: "west", Consumer: "east", Current: []int32{1, 2}},
		},
	}, signer)
	if err != nil {
		t.Fatal(err)
	}
	files.Write(t, dir, map[string]string{
		filepath.Join("received", "north.exchange"): string(text),
		"trust/allowed_signers":                     sshsig.Line("north", exchange.Namespace, signer.PublicKey()),
	})
}

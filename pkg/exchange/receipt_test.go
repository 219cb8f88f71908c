package exchange_test

import (
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/exchange"
)

// TestReceiptsRefused: what no check states, whoever signs it.
func TestReceiptsRefused(t *testing.T) {
	digest := strings.Repeat("0a", 32)
	peers := func(all ...exchange.ReceiptPeer) func(*exchange.Receipt) {
		return func(r *exchange.Receipt) { r.Peers = all }
	}
	readers := func(all ...exchange.ReceiptReader) func(*exchange.Receipt) {
		return func(r *exchange.Receipt) { r.Readers = all }
	}
	for name, test := range map[string]struct {
		edit func(*exchange.Receipt)
		want string
	}{
		"another cluster":     {func(r *exchange.Receipt) { r.Cluster = "east" }, `receipts[0]: "east" is not listed in clusters, or is listed twice`},
		"a root that is text": {func(r *exchange.Receipt) { r.Roots = []string{digest, "\x1b[2J"} }, "receipts[0].roots[1]: not a SHA-256"},
		"a root in capitals":  {func(r *exchange.Receipt) { r.Roots = []string{strings.ToUpper(digest)} }, "receipts[0].roots[0]: not a SHA-256"},
		"a tree that is text": {func(r *exchange.Receipt) { r.Tree = "main" }, "receipts[0].tree: not a SHA-256"},
		"a state that there is not": {peers(exchange.ReceiptPeer{Cluster: "east", State: "good"}),
			`receipts[0].peers[0]: "east" is not a cluster name or is listed twice, or "good" is not a state`},
		"a peer twice": {peers(exchange.ReceiptPeer{Cluster: "east", State: "failed"}, exchange.ReceiptPeer{Cluster: "east", State: "ok"}),
			`receipts[0].peers[1]: "east" is not a cluster name or is listed twice, or "ok" is not a state`},
		"a generation below zero":  {peers(exchange.ReceiptPeer{Cluster: "east", State: "ok", Generation: -1}), "receipts[0].peers[0]: -1 is not a generation"},
		"a reader that is a path":  {readers(exchange.ReceiptReader{Consumer: "../east"}), `receipts[0].readers[0]: "../east" is not a cluster name, or is listed twice`},
		"a reader twice":           {readers(exchange.ReceiptReader{Consumer: "east"}, exchange.ReceiptReader{Consumer: "east"}), `receipts[0].readers[1]: "east" is not a cluster name, or is listed twice`},
		"a large generation":       {readers(exchange.ReceiptReader{Consumer: "east", Current: []int32{1, 99999}}), "receipts[0].readers[0].current: 99999 is not a generation"},
		"a revocation of them all": {readers(exchange.ReceiptReader{Consumer: "east", Revoked: 99999}), "receipts[0].readers[0].revoked: 99999 is not a generation"},
	} {
		d := document()
		d.Purpose, d.Items = exchange.PurposeReceipt, nil
		receipt := exchange.Receipt{Cluster: "west", UID: "1", Roots: []string{digest}, Tree: digest}
		test.edit(&receipt)
		d.Receipts = []exchange.Receipt{receipt}
		want := "encode exchange file: " + test.want
		if _, err := exchange.Encode(d, newSigner(t)); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", name, err, want)
		}
	}
}

package exchange

import (
	"errors"
	"fmt"
	"slices"
)

// Receipt is what one cluster runs, as its site saw it when the file was issued.
type Receipt struct {
	Cluster    string `json:"cluster"`
	UID        string `json:"uid"`
	Kubernetes string `json:"kubernetes,omitempty"`
	Istio      string `json:"istio,omitempty"`
	// Roots that the workloads trust: SHA-256 of each, sorted.
	Roots []string `json:"roots,omitempty"`
	// Tree is the digest of the cluster's files in the reviewed tree of the site; empty where there is none.
	Tree string `json:"tree,omitempty"`
	// Peers are the clusters that the control plane reads.
	Peers []ReceiptPeer `json:"peers,omitempty"`
	// Unknown lists what could not be asked, and why.
	Unknown []string `json:"unknown,omitempty"`
}

// ReceiptPeer is what a control plane makes of a cluster that it reads.
type ReceiptPeer struct {
	Cluster string `json:"cluster"`
	// State is ok, failed or unknown: the worst that any check of the link says. Reasons are those of what is not ok.
	State   string   `json:"state"`
	Reasons []string `json:"reasons,omitempty"`
	// Generation of the credential in the remote secret; 0 where it does not tell.
	Generation int32 `json:"generation,omitempty"`
	// Istiod is how far istiod has come: synced, syncing, timeout, closed; empty where it was not asked.
	Istiod string `json:"istiod,omitempty"`
}

// checkReceipts refuses what no check writes.
func checkReceipts(d Document) error {
	switch {
	case d.Purpose == PurposeExchange && len(d.Receipts) > 0:
		return errors.New("receipts: they are no part of an exchange")
	case d.Purpose == PurposeReceipt && len(d.Items) > 0:
		return errors.New("items: they are no part of a receipt")
	}
	seen := map[string]bool{}
	for i, receipt := range d.Receipts {
		if !slices.Contains(d.Clusters, receipt.Cluster) || seen[receipt.Cluster] {
			return fmt.Errorf("receipts[%d]: %.80q is not one of clusters, or comes twice", i, receipt.Cluster)
		}
		seen[receipt.Cluster] = true
		for j, peer := range receipt.Peers {
			if !isName(peer.Cluster) || !slices.Contains([]string{"ok", "failed", "unknown"}, peer.State) {
				return fmt.Errorf("receipts[%d].peers[%d]: %.80q is no cluster, or %.40q no state", i, j, peer.Cluster, peer.State)
			}
		}
	}
	return nil
}

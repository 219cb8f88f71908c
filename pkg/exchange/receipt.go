package exchange

import (
	"errors"
	"fmt"
	"slices"
)

// Receipt is what a cluster runs, as its site observed when the file was issued.
type Receipt struct {
	Cluster    string `json:"cluster"`
	UID        string `json:"uid"`
	Kubernetes string `json:"kubernetes,omitempty"`
	Istio      string `json:"istio,omitempty"`
	// Roots that the workloads trust: sorted SHA-256.
	Roots []string `json:"roots,omitempty"`
	// Tree is the digest of the cluster's files in the site's reviewed tree; empty if there are none.
	Tree string `json:"tree,omitempty"`
	// Readers are the cluster's consumers, with the generations that its site considers valid.
	Readers []ReceiptReader `json:"readers,omitempty"`
	// Peers are the targets of the control plane.
	Peers []ReceiptPeer `json:"peers,omitempty"`
	// Unknown lists what could not be queried, and why.
	Unknown []string `json:"unknown,omitempty"`
}

// ReceiptPeer is a control plane's view of a target.
type ReceiptPeer struct {
	Cluster string `json:"cluster"`
	// State is ok, failed or unknown: the worst result of the link's checks. Reasons are those of results that are not ok.
	State   string   `json:"state"`
	Reasons []string `json:"reasons,omitempty"`
	// Generation of the credential in the remote secret; 0 if unknown.
	Generation int32 `json:"generation,omitempty"`
	// Istiod is istiod's sync status: synced, syncing, timeout, closed; empty if it was not queried.
	Istiod string `json:"istiod,omitempty"`
}

// ReceiptReader is which credentials of a consumer the target's site considers valid.
type ReceiptReader struct {
	Consumer string `json:"consumer"`
	// Current are the valid generations, Revoked is the last revoked one; 0 for none.
	Current []int32 `json:"current,omitempty"`
	Revoked int32   `json:"revoked,omitempty"`
}

// checkReceipts rejects receipts that check does not write.
func checkReceipts(d Document) error {
	switch {
	case d.Purpose == PurposeExchange && len(d.Receipts) > 0:
		return errors.New("receipts: not part of an exchange")
	case d.Purpose == PurposeReceipt && len(d.Items) > 0:
		return errors.New("items: not part of a receipt")
	}
	seen := map[string]bool{}
	for i, receipt := range d.Receipts {
		if !slices.Contains(d.Clusters, receipt.Cluster) || seen[receipt.Cluster] {
			return fmt.Errorf("receipts[%d]: %.80q is not listed in clusters, or is listed twice", i, receipt.Cluster)
		}
		seen[receipt.Cluster] = true
		if err := receipt.check(); err != nil {
			return fmt.Errorf("receipts[%d].%w", i, err)
		}
	}
	return nil
}

func (r Receipt) check() error {
	for i, root := range r.Roots {
		if !isDigest(root) {
			return fmt.Errorf("roots[%d]: not a SHA-256", i)
		}
	}
	if r.Tree != "" && !isDigest(r.Tree) {
		return errors.New("tree: not a SHA-256")
	}
	seen := map[string]bool{}
	for i, peer := range r.Peers {
		isState := slices.Contains([]string{"ok", "failed", "unknown"}, peer.State)
		if !isName(peer.Cluster) || !isState || seen[peer.Cluster] {
			return fmt.Errorf("peers[%d]: %.80q is not a cluster name or is listed twice, or %.40q is not a state",
				i, peer.Cluster, peer.State)
		}
		seen[peer.Cluster] = true
		if peer.Generation != 0 && !isGeneration(peer.Generation) {
			return fmt.Errorf("peers[%d]: %d is not a generation", i, peer.Generation)
		}
	}
	return r.checkReaders()
}

func (r Receipt) checkReaders() error {
	seen := map[string]bool{}
	for i, reader := range r.Readers {
		if !isName(reader.Consumer) || seen[reader.Consumer] {
			return fmt.Errorf("readers[%d]: %.80q is not a cluster name, or is listed twice", i, reader.Consumer)
		}
		seen[reader.Consumer] = true
		if reader.Revoked != 0 && !isGeneration(reader.Revoked) {
			return fmt.Errorf("readers[%d].revoked: %d is not a generation", i, reader.Revoked)
		}
		for _, generation := range reader.Current {
			if !isGeneration(generation) {
				return fmt.Errorf("readers[%d].current: %d is not a generation", i, generation)
			}
		}
	}
	return nil
}

package exchange

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/check"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/exchange"
)

// ReceiptInput is what was observed in a site's clusters.
type ReceiptInput struct {
	ExportInput
	Observed map[string]*check.Observation
	Results  []check.Result
}

// NewReceipt states and signs what the site's clusters run, including those that are unreachable.
func NewReceipt(ctx context.Context, in ReceiptInput) (Exported, error) {
	p, err := newPacking(in.ExportInput)
	if err != nil {
		return Exported{}, err
	}
	receipts, err := p.receipts(ctx, in)
	if err != nil {
		return Exported{}, err
	}
	return p.signed(ctx, in.ExportInput, func(document *exchange.Document) {
		document.Purpose, document.Receipts, document.Items = exchange.PurposeReceipt, receipts, nil
	})
}

// observed converts observations to the form of a receipt.
func observed(
	ctx context.Context, ws *workspace.Workspace, seen map[string]*check.Observation, results []check.Result,
) ([]exchange.Receipt, error) {
	p := &packing{ws: ws, clusters: slices.Collect(maps.Keys(seen))}
	return p.receipts(ctx, ReceiptInput{Observed: seen, Results: results})
}

func (p *packing) receipts(ctx context.Context, in ReceiptInput) ([]exchange.Receipt, error) {
	trees, err := openTrees(ctx, p.ws)
	if err != nil {
		return nil, err
	}
	defer trees.close()
	var receipts []exchange.Receipt
	for _, cluster := range slices.Sorted(slices.Values(p.clusters)) {
		receipt := p.receipt(cluster, in)
		if receipt.Tree, err = trees.digest(cluster); err != nil {
			return nil, err
		}
		if rendered, err := treeDigest(p.ws.Root.FS(), cluster); err == nil && rendered != receipt.Tree {
			receipt.Unknown = append(receipt.Unknown, "the rendered tree is not the committed one")
		}
		receipts = append(receipts, receipt)
	}
	return receipts, nil
}

func (p *packing) receipt(cluster string, in ReceiptInput) exchange.Receipt {
	receipt := exchange.Receipt{Cluster: cluster, Readers: readers(p.ws, cluster), Peers: p.peers(cluster, in)}
	seen := in.Observed[cluster]
	switch {
	case seen == nil:
		receipt.Unknown = append(receipt.Unknown, "the cluster was not asked")
		return receipt
	case seen.Unreachable != "":
		receipt.Unknown = append(receipt.Unknown, seen.Unreachable)
		return receipt
	case seen.Foreign:
		receipt.Unknown = append(receipt.Unknown, "the context points at another cluster")
		return receipt
	}
	receipt.UID, receipt.Kubernetes, receipt.Istio = seen.UID, seen.Reported.KubernetesVersion, seen.Reported.Istio.Version
	receipt.Roots = seen.Certificates.Value.RootSHA256
	for _, unknown := range []struct{ what, why string }{
		{what: "certificates", why: seen.Certificates.Why},
		{what: "remote secrets", why: seen.Secrets.Why},
		{what: "istiod", why: seen.Istiod.Clusters.Why},
	} {
		if unknown.why != "" {
			receipt.Unknown = append(receipt.Unknown, unknown.what+": "+unknown.why)
		}
	}
	return receipt
}

// peers summarizes the results of each target of a control plane.
func (p *packing) peers(cluster string, in ReceiptInput) []exchange.ReceiptPeer {
	var peers []exchange.ReceiptPeer
	for target := range p.ws.Graph.Targets(cluster) {
		peer := exchange.ReceiptPeer{Cluster: target.Name, State: "unknown"}
		for _, result := range in.Results {
			if result.Cluster != cluster || result.Peer != target.Name {
				continue
			}
			switch result.Status {
			case check.StatusFailed:
				peer.State = "failed"
			case check.StatusUnknown:
				peer.Reasons = append(peer.Reasons, "unknown: "+result.Title)
			case check.StatusOK, check.StatusWarning:
				if peer.State == "unknown" {
					peer.State = "ok"
				}
			}
			if result.Status == check.StatusFailed {
				peer.Reasons = append(peer.Reasons, result.Title+": "+result.Reason)
			}
		}
		if peer.State == "ok" && len(peer.Reasons) > 0 {
			peer.State = "unknown"
		}
		if seen := in.Observed[cluster]; seen != nil {
			peer.Generation = p.generation(seen, access.Pair{Consumer: cluster, Target: target.Name})
			peer.Istiod = syncState(seen, target.ID())
		}
		peers = append(peers, peer)
	}
	return peers
}

// generation returns that of the remote secret's credential; 0 if unknown.
func (p *packing) generation(seen *check.Observation, pair access.Pair) int32 {
	a, err := p.ws.Access(pair)
	if err != nil {
		return 0
	}
	known := p.ws.Generations(pair)
	for _, secret := range seen.Secrets.Value {
		for _, remote := range secret.Remotes {
			if remote.ClusterID != a.Target.ID() || remote.Credential == "" {
				continue
			}
			for generation := int32(1); generation <= max(known.Revoked, a.Newest()); generation++ {
				if remote.Credential == a.Marker(generation) {
					return generation
				}
			}
		}
	}
	return 0
}

func syncState(seen *check.Observation, id string) string {
	for _, state := range seen.Istiod.Clusters.Value {
		if state.ID == id {
			return state.SyncStatus
		}
	}
	return ""
}

// ageOf returns how long ago something was observed.
func ageOf(now, then time.Time) time.Duration { return max(now.Sub(then), 0).Round(time.Second) }

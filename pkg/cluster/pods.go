package cluster

import (
	"fmt"
	"net/netip"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const (
	// nodesPerPage bounds a response: with its images and conditions a node takes 10 KB.
	nodesPerPage = 500
	// maxNodePages stops an endless list: no cluster has 100,000 nodes.
	maxNodePages = 200
	// maxPodCIDRs bounds the result. Beyond it the nodes' ranges are so scattered that firewalls need the range from which
	// they are allocated, which no node contains.
	maxPodCIDRs = 100
	whatPods    = "the pod ranges"
)

// pods reads the ranges of the nodes. If they have none, the cluster's network allocates addresses itself, and there is
// nothing to report.
func (r *reader) pods() error {
	var ranges []netip.Prefix
	page := metav1.ListOptions{Limit: nodesPerPage}
	for range maxNodePages {
		nodes, err := r.kube.nodes(r.ctx, page)
		if err != nil {
			if err := r.excuse(err, whatPods, ""); err != nil {
				return fmt.Errorf("list nodes: %w", err)
			}
			return nil
		}
		for _, node := range nodes.Items {
			for _, text := range node.Spec.PodCIDRs {
				if prefix, err := netip.ParsePrefix(text); err == nil {
					ranges = append(ranges, prefix)
				}
			}
		}
		if page.Continue = nodes.Continue; page.Continue == "" {
			break
		}
	}
	if page.Continue != "" {
		return fmt.Errorf("list nodes: more than %d", maxNodePages*nodesPerPage)
	}
	covered := cover(ranges)
	if len(covered) > maxPodCIDRs {
		r.note(whatPods,
			fmt.Sprintf("the nodes report %d of them, too many to record: set the range that contains them by hand",
				len(covered)))
		return nil
	}
	for _, prefix := range covered {
		r.facts.PodCIDRs = append(r.facts.PodCIDRs, prefix.String())
	}
	return nil
}

package reader

import (
	"context"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/plan"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hazard"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

// restarts returns the istiods that a known fault affects when their remote secrets are deleted (pkg/upstream). They do
// not block a revocation: a compromised credential is revoked first.
func (r *revocation) restarts(ctx context.Context) plan.Steps {
	var steps plan.Steps
	for i, pair := range r.Pairs {
		first := func(p access.Pair) bool { return p.Consumer == pair.Consumer }
		if slices.IndexFunc(r.Pairs, first) == i {
			steps = append(steps, r.restartOf(ctx, r.access[pair].Consumer)...)
		}
	}
	return steps
}

// restartOf judges a cluster's istiod by its running image, if it is reachable, and otherwise by mesh.yaml and the
// facts.
func (r *revocation) restartOf(ctx context.Context, consumer *v1alpha1.Cluster) plan.Steps {
	name := consumer.Name
	change := hazard.Change{Consumer: consumer, Waivers: r.Workspace.Doc.Mesh.Spec.Waivers}
	var links []string
	for _, pair := range r.Pairs {
		if pair.Consumer == name {
			change.Removed = append(change.Removed, pair.Target)
			change.OtherNetwork = change.OtherNetwork || r.Workspace.Graph.CrossNetwork(name, pair.Target)
			links = append(links, r.Workspace.LinkName(pair))
		}
	}
	deployment := r.runs(ctx, &change)
	found := hazard.Of(change)
	if deployment == "" || !found.Blocks() {
		return nil
	}
	context := consumer.Context
	if context == "" {
		context = "CONTEXT_OF_" + name
	}
	return plan.Steps{{
		Link:     strings.Join(links, ", "),
		Location: name,
		Action:   "restart istiod",
		Effect:   found.Err().Error(),
		Command: r.Kubectl(context) + " -n " + shell.Name(consumer.Istio.Namespace) +
			" rollout restart " + shell.Name("deployment/"+deployment),
	}}
}

// runs records the release observed in a change's cluster, and returns the Deployment that runs it; empty if there is
// none.
func (r *revocation) runs(ctx context.Context, change *hazard.Change) string {
	consumer, named := change.Consumer, "istiod"
	if consumer.Istio.Revision != "" {
		named += "-" + consumer.Istio.Revision
	}
	site := r.sites[consumer.Name]
	if site == nil {
		return named
	}
	istiod, err := site.Client.Istiod(ctx, cluster.Ask{
		Namespace: consumer.Istio.Namespace,
		Revision:  consumer.Istio.Revision,
	})
	if err != nil || !istiod.Seen {
		return named
	}
	change.Running = istiod.Release
	return istiod.Deployment
}

package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apply"
)

// sayPlan prints what would happen, a line for each cluster, and what would be removed.
func (r *applyRun) sayPlan() {
	for _, c := range r.clusters {
		if c.err != nil {
			continue
		}
		fmt.Fprintf(r.ErrOut, "%s: %s\n", c.Name, c.planned(r.doPrune))
		for _, left := range c.leftovers {
			r.sayLeftover(c, left)
		}
		for _, stranger := range c.strangers {
			r.sayStranger(c, stranger)
		}
	}
}

// planned counts the actions of a plan.
func (c *applyCluster) planned(prune bool) string {
	count := map[apply.Action]int{}
	for _, change := range slices.Concat(c.plan, c.secrets) {
		count[change.Action]++
	}
	parts := []string{
		fmt.Sprintf("%d to create", count[apply.ActionCreate]+c.later),
		fmt.Sprintf("%d to change", count[apply.ActionConfigure]),
		fmt.Sprintf("%d unchanged", count[apply.ActionUnchanged]),
	}
	if prune {
		parts = append(parts, fmt.Sprintf("%d to remove", c.removable()))
	}
	return strings.Join(parts, ", ")
}

func (c *applyCluster) removable() int {
	n := 0
	for _, left := range c.leftovers {
		if left.Keep == "" && !left.Gone {
			n++
		}
	}
	return n
}

func (r *applyRun) sayLeftover(c *applyCluster, left apply.Leftover) {
	switch {
	case left.Gone:
	case left.Keep != "":
		fmt.Fprintf(r.ErrOut, "warning: %s: %s is not in the mesh any more and stays: %s\n", c.Name, left.Ref, left.Keep)
	case r.doPrune:
		fmt.Fprintf(r.ErrOut, "%s: removes %s\n", c.Name, left.Ref)
	default:
		fmt.Fprintf(r.ErrOut, "warning: %s: %s is not in the mesh any more\n%sremove it: the same command with --prune\n", c.Name, left.Ref, hintMark)
	}
}

// sayStranger names a remote secret that istiod obeys and that is not ours to touch.
func (r *applyRun) sayStranger(c *applyCluster, stranger apply.Stranger) {
	whose := "is not of this mesh"
	if stranger.Google {
		whose = "was left by Google's managed mesh"
	}
	fmt.Fprintf(r.ErrOut, "warning: %s: %s (clusters %s) %s, and istiod reads it\n", c.Name, stranger.Ref, strings.Join(stranger.Clusters, ", "), whose)
	sayHint(r.ErrOut, fmt.Sprintf("if nobody needs it: %s -n %s delete secret %s", r.kubectl(r.contextOf(c.Cluster)), stranger.Namespace, stranger.Name))
}

// hasWork tells whether anything would be written to any cluster.
func (r *applyRun) hasWork() bool {
	return slices.ContainsFunc(r.clusters, func(c *applyCluster) bool { return c.err == nil && c.hasWork(r.doPrune) })
}

func (c *applyCluster) hasWork(prune bool) bool {
	all := slices.Concat(c.plan, c.secrets)
	changes := slices.ContainsFunc(all, func(change apply.Change) bool { return change.Action != apply.ActionUnchanged })
	settled := slices.Equal(c.before, apply.Settle(c.before, all, nil))
	return changes || c.later > 0 || prune && len(c.leftovers) > 0 || !settled
}

// clusterReport is what was done in one cluster.
type clusterReport struct {
	Cluster   string           `json:"cluster"`
	Changes   []apply.Change   `json:"changes"`
	Removed   []apply.Entry    `json:"removed,omitempty"`
	Strangers []apply.Stranger `json:"strangers,omitempty"`
	// Left is what a run that stopped half way was still to apply.
	Left  []apply.Ref `json:"left,omitempty"`
	Error string      `json:"error,omitempty"`
}

// finish says what was done in each cluster, and what went wrong.
func (r *applyRun) finish(ctx context.Context) error {
	var reports []clusterReport
	for _, c := range r.clusters {
		report := c.report(r.dryRun == dryRunServer)
		if r.dryRun == dryRunServer && c.err == nil && c.later > 0 {
			report.Changes = append(report.Changes, r.unplanned(c)...)
		}
		if c.err != nil {
			report.Left = r.left(c)
			report.Error = plain(r.clusterError(c).Error())
		}
		reports = append(reports, report)
		if r.dryRun != dryRunServer {
			fmt.Fprintf(r.ErrOut, "%s: %s\n", c.Name, r.done(c))
		}
	}
	if r.output == "json" {
		if err := printData(r.Out, "json", map[string]any{"dryRun": r.dryRun == dryRunServer, "clusters": reports}); err != nil {
			return err
		}
	}
	if ctx.Err() != nil {
		return errors.Join(r.failure(), withHint(errInterrupted, "run the same command again to go on: what was done stays done"))
	}
	return r.failure()
}

// report lists what was done; after a dry run what would be.
func (c *applyCluster) report(dryRun bool) clusterReport {
	changes := c.made
	if dryRun || changes == nil && c.err == nil {
		changes = slices.Concat(c.plan, c.secrets)
	}
	if changes == nil {
		changes = []apply.Change{}
	}
	return clusterReport{Cluster: c.Name, Changes: changes, Removed: c.pruned, Strangers: c.strangers}
}

// left is what a cluster was still to get when it stopped. A request that was under way then
// counts too: nobody knows what came of it.
func (r *applyRun) left(c *applyCluster) []apply.Ref {
	if c.plan == nil {
		return nil // it is not known
	}
	seen := map[apply.Ref]bool{}
	for _, change := range c.made {
		seen[change.Ref] = true
	}
	for _, change := range slices.Concat(c.plan, c.secrets) {
		seen[change.Ref] = seen[change.Ref] || change.Action == apply.ActionUnchanged
	}
	var left []apply.Ref
	for _, change := range slices.Concat(c.plan, c.secrets, r.remoteSecrets(c)) {
		if !seen[change.Ref] {
			seen[change.Ref] = true
			left = append(left, change.Ref)
		}
	}
	return left
}

// done counts what was done.
func (r *applyRun) done(c *applyCluster) string {
	if c.plan == nil {
		return "stopped before anything was applied"
	}
	count := map[apply.Action]int{}
	for _, change := range c.report(false).Changes {
		count[change.Action]++
	}
	text := fmt.Sprintf("%d created, %d changed, %d unchanged", count[apply.ActionCreate], count[apply.ActionConfigure], count[apply.ActionUnchanged])
	if len(c.pruned) > 0 {
		text += fmt.Sprintf(", %d removed", len(c.pruned))
	}
	if c.err != nil {
		text += fmt.Sprintf(", then stopped: %d not applied", len(r.left(c)))
	}
	return text
}

// unplanned are the Secrets that cannot be planned yet.
func (r *applyRun) unplanned(c *applyCluster) []apply.Change {
	return slices.DeleteFunc(r.remoteSecrets(c), func(secret apply.Change) bool {
		return slices.ContainsFunc(c.secrets, func(planned apply.Change) bool { return planned.Ref == secret.Ref })
	})
}

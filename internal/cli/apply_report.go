package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apply"
)

// sayPinned tells which identities were recorded.
func (r *applyRun) sayPinned() {
	for _, c := range r.clusters {
		if c.pinned != "" {
			fmt.Fprintf(r.ErrOut, "%s: recorded its UID in %s\n", c.Name, c.pinned)
		}
	}
}

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

// confirm asks a person at a terminal. In a pipe or a script --apply is the word.
func (r *applyRun) confirm() error {
	if r.yes || !r.InIsTerminal || !r.OutIsTerminal {
		return nil
	}
	fmt.Fprintf(r.ErrOut, "apply this to %s? [y/N] ", count(len(r.clusters), "cluster"))
	answer, err := bufio.NewReader(r.In).ReadString('\n')
	if answer = strings.ToLower(strings.TrimSpace(answer)); err != nil || answer != "y" && answer != "yes" {
		return errors.New("not applied: nothing was changed in any cluster")
	}
	return nil
}

// clusterReport is what was done in one cluster.
type clusterReport struct {
	Cluster   string           `json:"cluster"`
	Changes   []apply.Change   `json:"changes"`
	Removed   []apply.Entry    `json:"removed,omitempty"`
	Strangers []apply.Stranger `json:"strangers,omitempty"`
	Error     string           `json:"error,omitempty"`
}

// finish says what was done in each cluster, and what went wrong.
func (r *applyRun) finish(ctx context.Context) error {
	var reports []clusterReport
	for _, c := range r.clusters {
		report := c.report(r.dryRun == dryRunServer)
		if c.err != nil {
			report.Error = plain(r.clusterError(c).Error())
		}
		reports = append(reports, report)
		if r.dryRun != dryRunServer {
			fmt.Fprintf(r.ErrOut, "%s: %s\n", c.Name, c.done())
		}
	}
	if r.output == "json" {
		if err := printData(r.Out, "json", map[string]any{"dryRun": r.dryRun == dryRunServer, "clusters": reports}); err != nil {
			return err
		}
	}
	if ctx.Err() != nil {
		return errors.Join(r.failure(), errInterrupted)
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

// done counts what was done.
func (c *applyCluster) done() string {
	count := map[apply.Action]int{}
	for _, change := range c.report(false).Changes {
		count[change.Action]++
	}
	text := fmt.Sprintf("%d created, %d changed, %d unchanged", count[apply.ActionCreate], count[apply.ActionConfigure], count[apply.ActionUnchanged])
	if len(c.pruned) > 0 {
		text += fmt.Sprintf(", %d removed", len(c.pruned))
	}
	if c.err != nil {
		text += ", then stopped"
	}
	return text
}

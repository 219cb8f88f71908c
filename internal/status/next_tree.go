package status

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

func renderTree(r Report, flag string) []Step {
	if !r.isRenderDue() {
		return nil
	}
	step := Step{
		Command: "kubectl mesh render --output-dir " + shell.Name(r.Tree.Dir) + flag,
		Reason:  "nothing is rendered yet",
	}
	if r.Tree.State == Stale {
		step.Reason = terminal.Count(r.Tree.Differences, "file") + " in " + r.Tree.Dir + " not current"
	}
	return []Step{step}
}

func (r Report) isRenderDue() bool {
	return (r.Tree.State == Missing || r.Tree.State == Stale) && !r.isAppliedWithoutTree()
}

// isAppliedWithoutTree: without Git no review needs a tree, and a cluster was applied without one.
func (r Report) isAppliedWithoutTree() bool {
	isApplied := func(c Cluster) bool { return c.Live != nil && c.Live.Error == "" && c.Live.Pending == 0 }
	return r.Tree.State == Missing && r.Tree.Committed == nil && slices.ContainsFunc(r.Clusters, isApplied)
}

// commitTree commits what is not committed, and the tree that is to be rendered before.
func commitTree(r Report, _ string) []Step {
	if r.Tree.Committed == nil {
		return nil
	}
	var names []string
	if !*r.Tree.Committed {
		names = slices.Clone(r.Tree.Uncommitted)
	}
	if r.isRenderDue() {
		names = append(names, r.Tree.Dir)
	}
	if len(names) == 0 {
		return nil
	}
	slices.Sort(names)
	var quoted []string
	for _, name := range slices.Compact(names) {
		quoted = append(quoted, shell.Name(name))
	}
	return []Step{{
		Command: "git add " + strings.Join(quoted, " ") + " && git commit",
		Reason:  "only a committed tree is applied",
	}}
}

func applyTree(r Report, flag string) []Step {
	var pending []string
	objects, asked := 0, false
	for _, c := range r.Clusters {
		switch {
		case !c.Here:
			continue
		case c.Live == nil:
			pending = append(pending, c.Name)
		default:
			asked = true
			if c.Live.Pending > 0 {
				pending = append(pending, c.Name)
				objects += c.Live.Pending
			}
		}
	}
	if len(pending) == 0 {
		return nil
	}
	reason := "applies to " + strings.Join(pending, ", ") + "; a second run changes nothing"
	if asked {
		reason = fmt.Sprintf("%s pending in %s", terminal.Count(objects, "change"), strings.Join(pending, ", "))
	}
	return []Step{{Command: "kubectl mesh render --apply" + flag, Reason: reason}}
}

func checkMesh(r Report, flag string) []Step {
	for _, c := range r.Clusters {
		if c.Here {
			if r.hasSample {
				flag = " --sample" + flag
			}
			return []Step{{Command: "kubectl mesh check" + flag, Reason: "verifies the mesh in the clusters"}}
		}
	}
	return nil
}

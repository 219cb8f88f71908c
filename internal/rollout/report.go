package rollout

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apply"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

// Report is what was done in a cluster; after a dry run, what would be.
type Report struct {
	Cluster string         `json:"cluster"`
	Changes []apply.Change `json:"changes"`
	Removed []apply.Entry  `json:"removed,omitempty"`
	// Unmanaged are remote secrets that istiod reads and that this program did not create.
	Unmanaged []apply.Unmanaged `json:"unmanaged,omitempty"`
	// NotApplied is what an incomplete run did not apply.
	NotApplied []apply.Ref `json:"notApplied,omitempty"`
	Error      string      `json:"error,omitempty"`
	// Unproven explains why istiod could not be verified to keep the endpoints of clusters whose remote secrets changed.
	Unproven string `json:"unproven,omitempty"`
	// Hints are the remedies of the error.
	Hints []string `json:"hints,omitempty"`

	planned bool
}

// Summary counts what was done.
func (r Report) Summary() string {
	if !r.planned {
		return "stopped before anything was applied"
	}
	count := actions(r.Changes)
	text := fmt.Sprintf("%d created, %d changed, %d unchanged",
		count[apply.ActionCreate], count[apply.ActionConfigure], count[apply.ActionUnchanged])
	if len(r.Removed) > 0 {
		text += fmt.Sprintf(", %d removed", len(r.Removed))
	}
	if r.Error != "" {
		text += fmt.Sprintf(", then stopped: %d not applied", len(r.NotApplied))
	}
	return text
}

// Pending counts the objects that a dry run would create, change or remove.
func (r Report) Pending() int {
	return len(r.Changes) - actions(r.Changes)[apply.ActionUnchanged] + len(r.Removed)
}

func actions(changes []apply.Change) map[apply.Action]int {
	count := map[apply.Action]int{}
	for _, change := range changes {
		count[change.Action]++
	}
	return count
}

func (r *run) reports() []Report {
	var reports []Report
	for _, m := range r.members {
		reports = append(reports, r.report(m))
	}
	return reports
}

func (r *run) report(m *member) Report {
	report := Report{
		Cluster:   m.Name,
		Changes:   m.made,
		Removed:   m.pruned,
		Unmanaged: m.unmanaged,
		Unproven:  m.unproven,
		planned:   m.planned,
	}
	if m.planned && (r.DryRun || m.made == nil && m.err == nil) {
		report.Changes = slices.Concat(m.plan, m.secrets)
	}
	if r.DryRun && m.err == nil {
		report.Changes = append(report.Changes, m.pending...)
	}
	report.Changes = append([]apply.Change{}, report.Changes...)
	for i := range report.Changes {
		report.Changes[i].APIServer = r.pointsAt(m, report.Changes[i].Ref)
	}
	if whole := errors.Join(m.err, m.unavailable); whole != nil {
		err := r.clusterError(m, whole)
		report.NotApplied, report.Error, report.Hints = r.left(m), terminal.Plain(err.Error()), hint.Of(err)
	}
	return report
}

// dryOutcome returns what failed, or otherwise what a dry run could not check.
func (r *run) dryOutcome(ctx context.Context) error {
	err := cmp.Or(r.outcome(ctx), r.incomplete())
	if err == nil && r.DryRun {
		err = r.gaps((*member).notChecked)
	}
	return err
}

// incomplete returns verdict.ErrIncomplete if something is held back in any cluster.
func (r *run) incomplete() error {
	return verdict.IncompleteIf(slices.ContainsFunc(r.members, func(m *member) bool { return len(m.held) > 0 }))
}

// outcome returns what failed.
func (r *run) outcome(ctx context.Context) error {
	err := r.failure()
	if ctx.Err() != nil {
		err = errors.Join(err,
			hint.Add(verdict.ErrInterrupted, "run the same command again to continue: completed changes are kept"))
	}
	return err
}

// left returns what was not applied when a cluster stopped, including a request whose result is unknown.
func (r *run) left(m *member) []apply.Ref {
	if !m.planned {
		return nil // its result is unknown
	}
	seen := map[apply.Ref]bool{}
	for _, change := range m.made {
		seen[change.Ref] = true
	}
	var refs, left []apply.Ref
	for _, change := range slices.Concat(m.plan, m.secrets) {
		seen[change.Ref] = seen[change.Ref] || change.Action == apply.ActionUnchanged
		refs = append(refs, change.Ref)
	}
	for _, ref := range append(refs, r.remoteSecrets(m)...) {
		if !seen[ref] {
			seen[ref] = true
			left = append(left, ref)
		}
	}
	return left
}

// logPlan reports what would happen to each object, and what would be removed.
func (r *run) logPlan() {
	for _, m := range r.members {
		if m.err != nil {
			continue
		}
		r.Log.Info("%s: %s", m.Name, m.counts(r.Prune))
		for _, line := range r.planLines(m) {
			r.Log.Info("%s: %s", m.Name, line)
		}
		if r.DryRun {
			r.logGaps(m, "not checked", m.notChecked())
		}
		r.logHeld(m)
		r.logOrphans(m)
		for _, secret := range m.unmanaged {
			r.logUnmanaged(m, secret)
		}
	}
}

// logHeld lists the objects that wait for an input, with the next step.
func (r *run) logHeld(m *member) {
	for line := range render.Lines(m.held, render.Held.Names) {
		r.Log.Warn(line.Next, "%s: held back: %s", m.Name, line.Text)
	}
}

// counts formats the number of objects per action.
func (m *member) counts(prune bool) string {
	count := actions(slices.Concat(m.plan, m.secrets, m.pending))
	parts := []string{
		fmt.Sprintf("%d to create", count[apply.ActionCreate]),
		fmt.Sprintf("%d to change", count[apply.ActionConfigure]),
		fmt.Sprintf("%d unchanged", count[apply.ActionUnchanged]),
	}
	if prune {
		parts = append(parts, fmt.Sprintf("%d to remove", m.removable()))
	}
	return strings.Join(parts, ", ")
}

func (m *member) removable() int {
	n := 0
	for _, orphan := range m.orphans {
		if isPrunable(orphan) {
			n++
		}
	}
	return n
}

// isPrunable reports whether it exists and may be deleted.
func isPrunable(orphan apply.Orphan) bool { return orphan.Keep == "" && !orphan.Gone }

// logOrphans lists what is no longer part of the mesh. The sample counts as one, and is deleted with its namespace.
func (r *run) logOrphans(m *member) {
	hasSample := false
	var prunable []apply.Orphan
	for _, orphan := range m.orphans {
		switch {
		case isSample(orphan.Ref) && !r.Prune:
			hasSample = hasSample || !orphan.Gone
		case isPrunable(orphan) && !r.Prune:
			prunable = append(prunable, orphan)
		default:
			r.logOrphan(m, orphan)
		}
	}
	if len(prunable) > 0 {
		r.logPrunable(m, prunable)
	}
	if hasSample {
		remove := r.Clusters.Kubectl(m.live.Context) + " delete namespace " + render.SampleNamespace
		r.Log.Info("%s: the sample is still deployed; remove it: %s", m.Name, remove)
	}
}

func isSample(ref apply.Ref) bool {
	return ref.Namespace == render.SampleNamespace || ref.Kind == "Namespace" && ref.Name == render.SampleNamespace
}

func (r *run) logOrphan(m *member, orphan apply.Orphan) {
	switch {
	case orphan.Gone:
	case orphan.Keep != "":
		r.Log.Warn("", "%s: %s is no longer in the mesh and is kept: %s", m.Name, orphan.Ref, orphan.Keep)
	case r.Prune:
		r.Log.Info("%s: deletes %s", m.Name, orphan.Ref)
	}
}

// logPrunable names what --prune would delete, in one warning.
func (r *run) logPrunable(m *member, orphans []apply.Orphan) {
	if len(orphans) == 1 {
		r.Log.Warn("delete it: the same command with --prune", "%s: %s is no longer in the mesh", m.Name, orphans[0].Ref)
		return
	}
	var names []string
	for _, orphan := range orphans {
		names = append(names, orphan.Ref.String())
	}
	r.Log.Warn("delete them: the same command with --prune", "%s: %d objects are no longer in the mesh: %s",
		m.Name, len(orphans), strings.Join(names, ", "))
}

// logUnmanaged reports a remote secret that istiod reads and that the mesh did not create.
func (r *run) logUnmanaged(m *member, secret apply.Unmanaged) {
	origin := "was not created by this mesh"
	if secret.Google {
		origin = "was created by Google's managed mesh"
	}
	remedy := fmt.Sprintf("if it is not needed: %s -n %s delete secret %s",
		r.Clusters.Kubectl(m.live.Context), secret.Namespace, shell.Name(secret.Name))
	r.Log.Warn(remedy,
		"%s: %s (clusters %s) %s, and istiod reads it", m.Name, secret.Ref, strings.Join(secret.Clusters, ", "), origin)
}

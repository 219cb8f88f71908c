package authority

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// Minute formats the end of a phase, rounded up to the minute.
func Minute(at time.Time) string {
	return at.UTC().Add(time.Minute - 1).Truncate(time.Minute).Format("2006-01-02 15:04 UTC")
}

// checkWorkloads refuses to leave a phase before the workloads have it, long after the cluster's Secret. What was
// observed in each cluster is recorded, for when it is unreachable.
func (s rootStep) checkWorkloads(
	ctx context.Context, phase trust.Phase, members []*v1alpha1.Cluster, seen map[string]cluster.Certificates,
) error {
	if phase == trust.PhaseSteady || s.WorkloadsRenewed {
		return nil
	}
	shown, err := s.shown(ctx, phase, members)
	if err != nil {
		return err
	}
	members = slices.DeleteFunc(slices.Clone(members), func(member *v1alpha1.Cluster) bool { return shown[member.Name] })
	switch {
	case len(members) == 0:
		return nil
	case s.Clusters == nil:
		return verdict.Inputf("restart the workloads of every cluster, or wait for one workload certificate lifetime ("+
			trust.WorkloadTTL.String()+" unless istiod sets another); then add --workloads-renewed",
			"--offline cannot verify that phase %s is complete", phase)
	}
	phases := map[string]*mesh.RootPhase{}
	var unknown, early []string
	var last time.Time
	for _, member := range members {
		now := s.arrival(phase, member, seen)
		switch {
		case now == nil:
			unknown = append(unknown, member.Name)
			continue
		case s.a.Now.Before(*now.Until):
			early = append(early, member.Name)
			if now.Until.After(last) {
				last = *now.Until
			}
		}
		phases[member.Name] = now
	}
	if err := s.a.Workspace.KeepRootPhases(ctx, phases); err != nil {
		return err
	}
	again := s.command(" --workloads-renewed")
	switch {
	case len(unknown) > 0:
		return hint.Errorf("restart the workloads there, then: "+again,
			"the time at which phase %s was applied to %s is unknown", phase, strings.Join(unknown, ", "))
	case len(early) > 0:
		return hint.Add(fmt.Errorf("phase %s is not complete in %s before %s", phase, strings.Join(early, ", "),
			Minute(last)), "run the same command again then; or restart the workloads there, then: "+again)
	}
	return nil
}

// arrival returns when a phase was applied to a cluster and when its workloads have it, as observed or, if the cluster
// is unreachable, as recorded; nil if unknown.
func (s rootStep) arrival(
	phase trust.Phase, member *v1alpha1.Cluster, seen map[string]cluster.Certificates,
) *mesh.RootPhase {
	live, reached := seen[member.Name]
	if !reached || live.Changed.IsZero() {
		if known := s.recorded(phase, member.Name); known != nil && known.Until != nil {
			return known
		}
		return nil
	}
	ambient := member.Istio.DataPlane == v1alpha1.DataPlaneAmbient
	until := live.Changed.Add(phase.Propagation(ambient, cmp.Or(live.WorkloadTTL, trust.WorkloadTTL)))
	return &mesh.RootPhase{
		Phase:   string(phase),
		Root:    trust.Fingerprint(s.rotation.New),
		Applied: &live.Changed,
		Until:   &until,
	}
}

// recorded returns a cluster's record of this phase of this rotation; nil if there is none.
func (s rootStep) recorded(phase trust.Phase, member string) *mesh.RootPhase {
	known := s.a.Workspace.RootPhase(member)
	if known == nil || known.Phase != string(phase) || known.Root != trust.Fingerprint(s.rotation.New) {
		return nil
	}
	return known
}

// signed records that clusters sign or signed under the new root: it can be removed only after their certificates'
// lifetime.
func (s rootStep) signed(c *change, members []*v1alpha1.Cluster) error {
	phases := map[string]*mesh.RootPhase{}
	for _, member := range members {
		phases[member.Name] = &mesh.RootPhase{Phase: string(trust.PhaseSign), Root: trust.Fingerprint(s.rotation.New)}
	}
	return s.a.Workspace.RecordRootPhases(c.Change, phases)
}

// ended removes the recorded phases of a completed rotation.
func (s rootStep) ended(c *change) error {
	phases := map[string]*mesh.RootPhase{}
	for member := range s.a.Workspace.Graph.Clusters() {
		if s.a.Workspace.RootPhase(member.Name) != nil {
			phases[member.Name] = nil
		}
	}
	if len(phases) == 0 {
		return nil
	}
	return s.a.Workspace.RecordRootPhases(c.Change, phases)
}

// command returns the next step in the same direction as a command, with more flags, each after a space.
func (s rootStep) command(flags string) string {
	return "kubectl mesh ca rotate --root" + s.direction + flags + s.a.Workspace.FilenameFlag()
}

// status returns the command that shows the phase.
func (s rootStep) status() string { return "kubectl mesh ca status" + s.a.Workspace.FilenameFlag() }

package rollout

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/internal/proof"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apply"
)

// The tasks that the inventory of a cluster keeps for a rollout, from before a change of remote secrets until they are
// done.
const (
	taskRestart = "restart-istiod"
	taskProof   = "prove-endpoints"
)

// due is what an interrupted rollout left to do in a cluster.
type due struct {
	restart *dueRestart
	// proof is what istiods knew before the change.
	proof proof.Record
}

// dueRestart is an istiod that must be restarted after its remote secrets changed.
type dueRestart struct {
	Deployment string `json:"deployment"`
	// Rollout is the revision of the Deployment before the change.
	Rollout string `json:"rollout,omitempty"`
	// Changed and Removed are the clusters whose remote secrets it is about.
	Changed []string `json:"changed,omitempty"`
	Removed []string `json:"removed,omitempty"`
}

// readDue asks the inventory what an interrupted rollout left to do.
func (r *run) readDue(ctx context.Context, m *member) error {
	tasks, err := m.session.Due(ctx)
	if err != nil {
		return err
	}
	for _, task := range tasks {
		switch task.Name {
		case taskRestart:
			m.due.restart = &dueRestart{}
			err = json.Unmarshal(task.Detail, m.due.restart)
		case taskProof:
			err = json.Unmarshal(task.Detail, &m.due.proof)
		}
		if err != nil {
			return fmt.Errorf("read task %s in the inventory: %w", task.Name, err)
		}
	}
	r.dropUnread(m)
	return nil
}

// dropUnread forgets clusters that are no longer read: they have no endpoints to prove.
func (r *run) dropUnread(m *member) {
	before := len(m.due.proof)
	for target := range m.due.proof {
		if reads, _ := r.Workspace.Graph.Reads(m.Name, target); !reads {
			delete(m.due.proof, target)
		}
	}
	if before > 0 && len(m.due.proof) == 0 {
		m.session.Finish(taskProof)
	}
}

// isDue reports whether an interrupted rollout left anything to do.
func (m *member) isDue() bool { return m.due.restart != nil || len(m.due.proof) > 0 }

// owe has the inventory keep what follows the changes of this run, and of the one that it goes on with.
func (m *member) owe() error {
	if m.restarts() {
		d := m.danger
		task, err := apply.NewTask(taskRestart, dueRestart{
			Deployment: d.deployment, Rollout: d.recordedRollout(), Changed: d.Changed, Removed: d.Removed})
		if err != nil {
			return err
		}
		m.session.Owe(task)
	} else if m.due.restart != nil {
		m.session.Finish(taskRestart) // it runs a release without the fault now, or none
	}
	if m.proof == nil {
		return nil
	}
	task, err := apply.NewTask(taskProof, m.proof.Record())
	if err != nil {
		return err
	}
	m.session.Owe(task)
	return nil
}

// restarts reports whether istiod is restarted once its remote secrets have changed, or because they have.
func (m *member) restarts() bool { return m.danger != nil && m.danger.Blocks() }

// recordedRollout is the revision that a restart has to replace. As long as only the work of an interrupted run is
// left it stays that of before the change.
func (d *danger) recordedRollout() string {
	if d.left != nil && !d.isPlanned {
		return d.left.Rollout
	}
	return d.rollout
}

// union is the names of both, sorted, without duplicates.
func union(a, b []string) []string {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}

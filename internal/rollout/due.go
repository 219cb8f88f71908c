package rollout

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/internal/proof"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apply"
)

// Tasks of a rollout in a cluster's inventory, from before a change of remote secrets until they are done.
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
	// Rollout is the Deployment's revision before the change.
	Rollout string `json:"rollout,omitempty"`
	// Changed and Removed are the clusters of its remote secrets.
	Changed []string `json:"changed,omitempty"`
	Removed []string `json:"removed,omitempty"`
}

// readDue reads from the inventory what an interrupted rollout left to do.
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

// dropUnread drops clusters that are no longer targets, which have no endpoints to verify.
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

// owe records in the inventory the tasks after the changes of this run, and of the run that it resumes.
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
		m.session.Finish(taskRestart) // its release no longer has the fault, or there is no istiod
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

// restarts reports whether istiod is restarted because its remote secrets change or have changed.
func (m *member) restarts() bool { return m.danger != nil && m.danger.Blocks() }

// recordedRollout returns the revision that a restart must replace. If only an interrupted run's work is left, it is
// the revision before that change.
func (d *danger) recordedRollout() string {
	if d.left != nil && !d.isPlanned {
		return d.left.Rollout
	}
	return d.rollout
}

// union returns the names of both, sorted, without duplicates.
func union(a, b []string) []string {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}

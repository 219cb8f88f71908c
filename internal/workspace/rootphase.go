package workspace

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"reflect"
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// RootPhase returns the recorded phase of a root rotation in a cluster; nil if none is recorded.
func (ws *Workspace) RootPhase(cluster string) *mesh.RootPhase {
	return ws.record.state.Cluster(cluster).RootPhase
}

// KeepRootPhases records the phases of a root rotation by cluster; nil removes a cluster's.
func (ws *Workspace) KeepRootPhases(ctx context.Context, phases map[string]*mesh.RootPhase) error {
	if ws.hasRootPhases(phases) {
		return nil
	}
	return ws.Change(ctx, func(c *Change) error { return ws.RecordRootPhases(c, phases) })
}

func (ws *Workspace) hasRootPhases(phases map[string]*mesh.RootPhase) bool {
	for cluster, phase := range phases {
		if !reflect.DeepEqual(ws.RootPhase(cluster), phase) {
			return false
		}
	}
	return true
}

// RecordRootPhases does the same as part of a change.
func (ws *Workspace) RecordRootPhases(c *Change, phases map[string]*mesh.RootPhase) error {
	ws.record.guard.Lock()
	defer ws.record.guard.Unlock()
	if ws.hasRootPhases(phases) {
		return nil
	}
	text, err := c.Read(layout.State())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	var state mesh.State
	if text != nil {
		if state, err = mesh.ParseState(text); err != nil {
			return fmt.Errorf("%s: %w", ws.Path(layout.State()), err)
		}
	}
	for _, cluster := range slices.Sorted(maps.Keys(phases)) {
		recorded := state.Cluster(cluster)
		recorded.RootPhase = phases[cluster]
		state = state.With(cluster, recorded)
	}
	if text, err = state.Encode(); err != nil {
		return err
	}
	c.Public(layout.State(), text)
	c.Verify(ws.verifyState)
	ws.record.state, ws.record.text = state, text
	return nil
}

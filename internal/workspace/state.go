package workspace

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync"

	"github.com/kubectl-mesh/kubectl-mesh/internal/transaction"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// record is the recorded state of the clusters, as this run knows it.
type record struct {
	guard sync.Mutex
	state mesh.State
	text  []byte // of the file; nil if it does not exist
}

// PinUID records the UID of a cluster: other clusters are then rejected.
func (ws *Workspace) PinUID(ctx context.Context, cluster, uid string) error {
	return ws.recordCluster(ctx, cluster, func(recorded *mesh.ClusterState) { recorded.UID = uid })
}

// recordCluster changes the recorded state of a cluster, and writes it unless it is the same; also contains changes for
// the same transaction. What another run has meanwhile recorded for other clusters is kept.
func (ws *Workspace) recordCluster(
	ctx context.Context, cluster string, change func(*mesh.ClusterState), also ...func(*Change),
) error {
	ws.record.guard.Lock()
	defer ws.record.guard.Unlock()
	if len(also) == 0 {
		if _, text, err := changeState(ws.record.state, cluster, change); err != nil || bytes.Equal(text, ws.record.text) {
			return err
		}
	}
	var state mesh.State
	var text []byte
	err := ws.Change(ctx, func(c *Change) error {
		now, err := ws.stateNow(c, cluster)
		if err != nil {
			return err
		}
		if state, text, err = changeState(now, cluster, change); err != nil {
			return err
		}
		c.Public(layout.State(), text)
		c.Verify(ws.verifyState)
		for _, more := range also {
			more(c)
		}
		return nil
	})
	if err == nil {
		ws.record.state, ws.record.text = state, text
	}
	return err
}

func (ws *Workspace) verifyState(files fs.FS) error {
	_, err := parseState(fs.ReadFile(files, layout.State()))
	if err != nil {
		return fmt.Errorf("%s: %w", ws.Path(layout.State()), err)
	}
	return nil
}

// parseState parses the result of reading the file.
func parseState(text []byte, err error) (mesh.State, error) {
	if err != nil {
		return mesh.State{}, err
	}
	return mesh.ParseState(text)
}

func changeState(state mesh.State, cluster string, change func(*mesh.ClusterState)) (mesh.State, []byte, error) {
	recorded := state.Cluster(cluster)
	change(&recorded)
	state = state.With(cluster, recorded)
	text, err := state.Encode()
	return state, text, err
}

// stateNow reads the file under the lock. The cluster's record must be the one that this run read, because the new
// record depends on it.
func (ws *Workspace) stateNow(c *Change, cluster string) (mesh.State, error) {
	now, err := parseState(c.Read(layout.State()))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return now, err
	}
	isSame, err := isSameRecord(now.Cluster(cluster), ws.record.state.Cluster(cluster))
	if err == nil && !isSame {
		err = hint.Errorf("run the same command again",
			"%s: the record of %s %w", ws.Path(layout.State()), cluster, transaction.ErrChanged)
	}
	return now, err
}

// isSameRecord compares the encoded records.
func isSameRecord(a, b mesh.ClusterState) (bool, error) {
	first, err := mesh.State{}.With("", a).Encode()
	if err != nil {
		return false, err
	}
	second, err := mesh.State{}.With("", b).Encode()
	return bytes.Equal(first, second), err
}

// KeepState records another state in the same transaction as other changes. It gets the state in the file, under the
// lock.
func (ws *Workspace) KeepState(c *Change, change func(mesh.State) (mesh.State, error)) error {
	now, err := parseState(c.Read(layout.State()))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if now, err = change(now); err != nil {
		return err
	}
	text, err := now.Encode()
	if err != nil {
		return err
	}
	c.Public(layout.State(), text)
	c.Verify(ws.verifyState)
	return nil
}

package workspace

import (
	"bytes"
	"fmt"
	"sync"

	"github.com/kubectl-mesh/kubectl-mesh/internal/output"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// record is what was recorded of the clusters, as this run knows it.
type record struct {
	guard sync.Mutex
	state mesh.State
	text  []byte // of the file; nil: there is none
}

// PinUID records the UID of a cluster: from then on no other one is taken for it.
func (ws *Workspace) PinUID(cluster, uid string) error {
	return ws.recordCluster(cluster, func(recorded *mesh.ClusterState) { recorded.UID = uid })
}

// recordCluster changes what was recorded of a cluster, and writes it unless it is the same. What another command
// has recorded meanwhile is not lost.
func (ws *Workspace) recordCluster(cluster string, change func(*mesh.ClusterState)) error {
	ws.record.guard.Lock()
	defer ws.record.guard.Unlock()
	recorded := ws.record.state.Cluster(cluster)
	change(&recorded)
	state := ws.record.state.With(cluster, recorded)
	text, err := state.Encode()
	if err != nil {
		return err
	}
	if bytes.Equal(text, ws.record.text) {
		return nil
	}
	now, err := ws.ReadOptional(layout.State())
	if err != nil {
		return err
	}
	if !bytes.Equal(now, ws.record.text) {
		return hint.Add(fmt.Errorf("write %s: it has changed since it was read", ws.Path(layout.State())), "run the same command again")
	}
	if err := output.WriteFile(ws.Path(layout.State()), text, output.FileOptions{Mode: 0o644, Force: true}); err != nil {
		return err
	}
	ws.record.state, ws.record.text = state, text
	return nil
}

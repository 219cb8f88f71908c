package workspace

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/facts"
	"github.com/kubectl-mesh/kubectl-mesh/internal/output"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

// Generations are the credentials of one reading that count: what a facts file says of it.
type Generations struct {
	Current []int32
	// Revoked is the last one that was revoked; 0: none was.
	Revoked int32
}

// Generations are those of one pair.
func (ws *Workspace) Generations(pair access.Pair) Generations {
	target, _ := ws.Graph.Cluster(pair.Target)
	return Generations{Current: target.GenerationsOf(pair.Consumer), Revoked: target.RevokedReaders[pair.Consumer]}
}

// Numbers are generations as a person reads them: 1, 2.
func Numbers(generations []int32) string {
	return strings.Join(digits(generations), ", ")
}

func digits(generations []int32) []string {
	var text []string
	for _, generation := range generations {
		text = append(text, strconv.Itoa(int(generation)))
	}
	return text
}

// KeepGenerations writes into the facts of the target which credentials count from now on, and goes
// on with them. Where mesh.yaml speaks it wins, so there it has to be written by hand.
func (ws *Workspace) KeepGenerations(pair access.Pair, now Generations) error {
	if err := ws.CheckDeclared(pair, now); err != nil {
		return err
	}
	numbers := []facts.Fact{{Field: "readerGenerations." + pair.Consumer, Values: digits(now.Current), List: true, Number: true}}
	if now.Revoked > 0 {
		numbers = append(numbers, facts.Fact{Field: "revokedReaders." + pair.Consumer, Values: digits([]int32{now.Revoked}), Number: true})
	}
	name := layout.Facts(pair.Target)
	before := ws.Doc.Facts(pair.Target)
	if live, err := fs.ReadFile(ws.Root.FS(), name); err == nil {
		if before != nil && !bytes.Equal(live, before) && !ws.wrote[pair.Target] {
			return hint.Add(fmt.Errorf("write %s: somebody else has changed it in the meantime", ws.Path(name)), "run the same command again")
		}
		before = live
	}
	text, changed, err := facts.Merge(before, pair.Target, numbers)
	if err == nil && len(mesh.CheckFacts(pair.Target, text)) > 0 {
		err = hint.Add(errors.New("the numbers do not fit into "+ws.Path(name)), "write its fields out, without anchors and <<")
	}
	if err == nil && len(changed) > 0 {
		err = output.WriteFile(ws.Path(name), text, output.FileOptions{Mode: 0o644, Force: true})
	}
	if err != nil {
		return fmt.Errorf("write the generations of %s: %w", ws.LinkName(pair), err)
	}
	ws.wrote[pair.Target] = true
	ws.Doc.Mesh, ws.Graph = With(ws.Doc.Mesh, pair, now)
	return nil
}

// CheckDeclared refuses to write what mesh.yaml would overrule.
func (ws *Workspace) CheckDeclared(pair access.Pair, now Generations) error {
	declared := ws.Doc.Declared()
	if declared == nil {
		return nil
	}
	for _, cluster := range declared.Spec.Clusters {
		_, generations := cluster.ReaderGenerations[pair.Consumer]
		_, revoked := cluster.RevokedReaders[pair.Consumer]
		if cluster.Name != pair.Target || !generations && !revoked {
			continue
		}
		var write []string
		if now.Current != nil {
			write = append(write, fmt.Sprintf("readerGenerations: {%s: [%s]}", pair.Consumer, Numbers(now.Current)))
		}
		if now.Revoked > 0 {
			write = append(write, fmt.Sprintf("revokedReaders: {%s: %d}", pair.Consumer, now.Revoked))
		}
		return verdict.Inputf("write there "+strings.Join(write, " and ")+", or take it out: the facts in "+layout.Facts(pair.Target)+" are written for you",
			"%s says itself which credentials of %s count in %s, and wins over the facts", ws.Name, pair.Consumer, pair.Target)
	}
	return nil
}

// With is a mesh in which other credentials of one reading count.
func With(mesh *v1alpha1.Mesh, pair access.Pair, now Generations) (*v1alpha1.Mesh, *topology.Graph) {
	changed := *mesh
	changed.Spec.Clusters = slices.Clone(mesh.Spec.Clusters)
	for i := range changed.Spec.Clusters {
		cluster := &changed.Spec.Clusters[i]
		if cluster.Name != pair.Target {
			continue
		}
		cluster.ReaderGenerations, cluster.RevokedReaders = maps.Clone(cluster.ReaderGenerations), maps.Clone(cluster.RevokedReaders)
		if cluster.ReaderGenerations == nil {
			cluster.ReaderGenerations = map[string][]int32{}
		}
		if cluster.RevokedReaders == nil {
			cluster.RevokedReaders = map[string]int32{}
		}
		// What others have does not change with it.
		for _, other := range mesh.Spec.Clusters {
			if generations := cluster.GenerationsOf(other.Name); len(generations) > 0 {
				cluster.ReaderGenerations[other.Name] = generations
			}
		}
		cluster.ReaderGenerations[pair.Consumer] = now.Current
		cluster.RevokedReaders[pair.Consumer] = now.Revoked
	}
	return &changed, topology.New(&changed)
}

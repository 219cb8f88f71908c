package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/output"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

// generations are the credentials of one reading that count: what a facts file says of it.
type generations struct {
	current []int32
	// revoked is the last one that was revoked; 0: none was.
	revoked int32
}

func (ws *workspace) generations(reading render.Reading) generations {
	target, _ := ws.graph.Cluster(reading.Target)
	return generations{target.GenerationsOf(reading.Consumer), target.RevokedReaders[reading.Consumer]}
}

// numbers as a person reads them: 1, 2.
func numbers(generations []int32) string {
	return strings.Join(digits(generations), ", ")
}

func digits(generations []int32) []string {
	var text []string
	for _, generation := range generations {
		text = append(text, strconv.Itoa(int(generation)))
	}
	return text
}

// keepGenerations writes into the facts of the target which credentials count from now on, and goes
// on with them. Where mesh.yaml speaks it wins, so there it has to be written by hand.
func (ws *workspace) keepGenerations(reading render.Reading, now generations) error {
	if err := ws.checkDeclared(reading, now); err != nil {
		return err
	}
	facts := []fact{{field: "readerGenerations." + reading.Consumer, values: digits(now.current), list: true, number: true}}
	if now.revoked > 0 {
		facts = append(facts, fact{field: "revokedReaders." + reading.Consumer, values: digits([]int32{now.revoked}), number: true})
	}
	name := mesh.FactsFile(reading.Target)
	before := ws.doc.Facts(reading.Target)
	if live, err := fs.ReadFile(ws.root.FS(), name); err == nil {
		if before != nil && !bytes.Equal(live, before) && !ws.wrote[reading.Target] {
			return withHint(fmt.Errorf("write %s: somebody else has changed it in the meantime", ws.path(name)), "run the same command again")
		}
		before = live
	}
	text, changed, err := mergeFacts(before, reading.Target, facts)
	if err == nil && len(mesh.CheckFacts(reading.Target, text)) > 0 {
		err = withHint(errors.New("the numbers do not fit into "+ws.path(name)), "write its fields out, without anchors and <<")
	}
	if err == nil && len(changed) > 0 {
		err = output.WriteFile(ws.path(name), text, output.FileOptions{Mode: 0o644, Force: true})
	}
	if err != nil {
		return fmt.Errorf("write the generations of %s: %w", ws.linkName(reading), err)
	}
	ws.wrote[reading.Target] = true
	ws.doc.Mesh, ws.graph = with(ws.doc.Mesh, reading, now)
	return nil
}

// checkDeclared refuses to write what mesh.yaml would overrule.
func (ws *workspace) checkDeclared(reading render.Reading, now generations) error {
	declared := ws.doc.Declared()
	if declared == nil {
		return nil
	}
	for _, cluster := range declared.Spec.Clusters {
		_, generations := cluster.ReaderGenerations[reading.Consumer]
		_, revoked := cluster.RevokedReaders[reading.Consumer]
		if cluster.Name != reading.Target || !generations && !revoked {
			continue
		}
		var write []string
		if now.current != nil {
			write = append(write, fmt.Sprintf("readerGenerations: {%s: [%s]}", reading.Consumer, numbers(now.current)))
		}
		if now.revoked > 0 {
			write = append(write, fmt.Sprintf("revokedReaders: {%s: %d}", reading.Consumer, now.revoked))
		}
		return inputErrorf("write there "+strings.Join(write, " and ")+", or take it out: the facts in "+mesh.FactsFile(reading.Target)+" are written for you",
			"%s says itself which credentials of %s count in %s, and wins over the facts", ws.name, reading.Consumer, reading.Target)
	}
	return nil
}

// with is a mesh in which other credentials of one reading count.
func with(mesh *v1alpha1.Mesh, reading render.Reading, now generations) (*v1alpha1.Mesh, *topology.Graph) {
	changed := *mesh
	changed.Spec.Clusters = slices.Clone(mesh.Spec.Clusters)
	for i := range changed.Spec.Clusters {
		cluster := &changed.Spec.Clusters[i]
		if cluster.Name != reading.Target {
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
		cluster.ReaderGenerations[reading.Consumer] = now.current
		cluster.RevokedReaders[reading.Consumer] = now.revoked
	}
	return &changed, topology.New(&changed)
}

package workspace

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

// Generations are the recorded valid credentials of a pair.
type Generations struct {
	Current []int32
	// Revoked is the last revoked generation; 0 if none was.
	Revoked int32
}

// Generations returns those of a pair; none are valid if its target is not in the mesh.
func (ws *Workspace) Generations(pair access.Pair) Generations {
	target, known := ws.Graph.Cluster(pair.Target)
	if !known {
		return Generations{}
	}
	return Generations{Current: target.GenerationsOf(pair.Consumer), Revoked: target.RevokedReaders[pair.Consumer]}
}

// Numbers formats generations for people: 1; 1 and 2; 1, 2 and 3.
func Numbers(generations []int32) string {
	text := digits(generations)
	if last := len(text) - 1; last > 0 {
		return strings.Join(text[:last], ", ") + " and " + text[last]
	}
	return strings.Join(text, "")
}

// Numbered formats generations with their noun: generation 1; generations 1 and 2.
func Numbered(generations []int32) string {
	if len(generations) == 1 {
		return "generation " + Numbers(generations)
	}
	return "generations " + Numbers(generations)
}

// Revoked formats revoked generations as a sentence: generation 1 is revoked; generations 1 and 2 are revoked.
func Revoked(generations []int32) string {
	if len(generations) == 1 {
		return Numbered(generations) + " is revoked"
	}
	return Numbered(generations) + " are revoked"
}

func digits(generations []int32) []string {
	var text []string
	for _, generation := range generations {
		text = append(text, strconv.Itoa(int(generation)))
	}
	return text
}

// KeepGenerations records which credentials of a pair are valid, and uses them from now on. mesh.yaml takes precedence,
// so values there must be edited by hand. The named files change in the same transaction.
func (ws *Workspace) KeepGenerations(ctx context.Context, pair access.Pair, now Generations, remove ...string) error {
	if err := ws.CheckDeclared(pair, now); err != nil {
		return err
	}
	var also []func(*Change)
	for _, name := range remove {
		also = append(also, func(c *Change) { c.Remove(name) })
	}
	record := func(recorded *mesh.ClusterState) { Record(recorded, pair.Consumer, now) }
	err := ws.recordCluster(ctx, pair.Target, record, also...)
	if err != nil {
		return fmt.Errorf("write the generations of %s: %w", ws.LinkName(pair), err)
	}
	ws.Doc.Mesh, ws.Graph = With(ws.Doc.Mesh, pair, now)
	return nil
}

// Record records which credentials of a consumer are valid.
func Record(recorded *mesh.ClusterState, consumer string, now Generations) {
	if recorded.ReaderGenerations == nil {
		recorded.ReaderGenerations = map[string][]int32{}
	}
	recorded.ReaderGenerations[consumer] = now.Current
	if len(now.Current) == 0 {
		delete(recorded.ReaderGenerations, consumer)
	}
	if now.Revoked > 0 {
		if recorded.RevokedReaders == nil {
			recorded.RevokedReaders = map[string]int32{}
		}
		recorded.RevokedReaders[consumer] = now.Revoked
	}
}

// CheckDeclared rejects a record that mesh.yaml would override.
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
			current := strings.Join(digits(now.Current), ", ")
			write = append(write, fmt.Sprintf("readerGenerations: {%s: [%s]}", pair.Consumer, current))
		}
		if now.Revoked > 0 {
			write = append(write, fmt.Sprintf("revokedReaders: {%s: %d}", pair.Consumer, now.Revoked))
		}
		return verdict.Inputf(
			"set "+strings.Join(write, " and ")+" there, or remove the field: "+layout.State()+" records it",
			"%s sets the valid credentials of %s in %s, and takes precedence over the recorded ones",
			ws.Name, pair.Consumer, pair.Target)
	}
	return nil
}

// With returns a mesh with other valid credentials of a pair.
func With(mesh *v1alpha1.Mesh, pair access.Pair, now Generations) (*v1alpha1.Mesh, *topology.Graph) {
	changed := *mesh
	changed.Spec.Clusters = slices.Clone(mesh.Spec.Clusters)
	for i := range changed.Spec.Clusters {
		cluster := &changed.Spec.Clusters[i]
		if cluster.Name != pair.Target {
			continue
		}
		cluster.ReaderGenerations = maps.Clone(cluster.ReaderGenerations)
		cluster.RevokedReaders = maps.Clone(cluster.RevokedReaders)
		if cluster.ReaderGenerations == nil {
			cluster.ReaderGenerations = map[string][]int32{}
		}
		if cluster.RevokedReaders == nil {
			cluster.RevokedReaders = map[string]int32{}
		}
		// Other consumers keep theirs.
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

// With returns the workspace as if other credentials of a pair were valid. It is for reading: nothing is recorded, and
// it must not be closed.
func (ws *Workspace) With(pair access.Pair, now Generations) *Workspace {
	other := &Workspace{
		Public:   ws.Public,
		Root:     ws.Root,
		environ:  ws.environ,
		log:      ws.log,
		from:     ws.from,
		snapshot: ws.snapshot,
	}
	doc := *ws.Doc
	doc.Mesh, other.Graph = With(ws.Doc.Mesh, pair, now)
	other.Doc = &doc
	return other
}

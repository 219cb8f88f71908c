package exchange

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/exchange"
)

// contradictions are statements that cannot be true at both ends of a link, or that differ from this workspace.
type contradictions struct {
	MatrixInput
	stated map[string]statement
	trees  trees
	list   []string
}

func (c *contradictions) find() error {
	for _, pair := range c.Workspace.Pairs() {
		consumer, known := c.stated[pair.Consumer]
		if !known {
			continue
		}
		if target, known := c.stated[pair.Target]; known {
			c.roots(pair, consumer, target)
		}
		for _, peer := range consumer.Peers {
			if peer.Cluster == pair.Target && peer.Generation > 0 {
				c.generation(pair, consumer, peer.Generation)
			}
		}
	}
	for _, cluster := range c.Workspace.Graph.Names() {
		said, known := c.stated[cluster]
		if !known {
			continue
		}
		c.pins(said)
		if err := c.tree(said); err != nil {
			return err
		}
	}
	slices.Sort(c.list)
	c.list = slices.Compact(c.list)
	return nil
}

func (c *contradictions) add(format string, args ...any) {
	c.list = append(c.list, fmt.Sprintf(format, args...))
}

// Two clusters that call each other need a common root.
func (c *contradictions) roots(pair access.Pair, consumer, target statement) {
	if len(consumer.Roots) > 0 && len(target.Roots) > 0 && !share(consumer.Roots, target.Roots) {
		c.add("%s and %s trust no common root: %s, and %s",
			pair.Consumer, pair.Target, shortAll(consumer.Roots), shortAll(target.Roots))
	}
}

// The target's site decides which credentials are valid.
func (c *contradictions) generation(pair access.Pair, said statement, generation int32) {
	counts := c.Workspace.Generations(pair)
	if target, known := c.stated[pair.Target]; known {
		counts = newer(counts, target.counts(pair.Consumer))
	}
	switch {
	case generation <= counts.Revoked:
		c.add("%s reads %s with generation %d, but %s has revoked it",
			pair.Consumer, pair.Target, generation, pair.Target)
	case len(counts.Current) > 0 && !slices.Contains(counts.Current, generation):
		c.add("%s reads %s with generation %d, but %s accepts %s: the data from %s predates a rotation",
			pair.Consumer, pair.Target, generation, pair.Target, workspace.Numbered(counts.Current), said.source())
	}
}

// counts are the generations of a consumer that are valid according to the cluster's site.
func (s statement) counts(consumer string) workspace.Generations {
	for _, reader := range s.Readers {
		if reader.Consumer == consumer {
			return workspace.Generations{Current: reader.Current, Revoked: reader.Revoked}
		}
	}
	return workspace.Generations{}
}

// newer returns the generations of the later of two records: numbers only grow, and a rotation drops old ones last.
func newer(a, b workspace.Generations) workspace.Generations {
	order := cmp.Or(
		cmp.Compare(last(b), last(a)), cmp.Compare(b.Revoked, a.Revoked), cmp.Compare(len(a.Current), len(b.Current)),
	)
	if order > 0 {
		return b
	}
	return a
}

// last returns the highest generation that ever existed.
func last(g workspace.Generations) int32 {
	return max(slices.Max(append([]int32{0}, g.Current...)), g.Revoked)
}

// Every cluster must trust exactly what mesh.yaml pins.
func (c *contradictions) pins(said statement) {
	pinned := c.Workspace.Doc.Pins().Roots
	if len(pinned) == 0 || len(said.Roots) == 0 {
		return
	}
	for _, root := range said.Roots {
		if !slices.Contains(pinned, root) {
			c.add("%s trusts root %s, which %s does not pin", said.Cluster, shortAll([]string{root}), c.Workspace.Name)
		}
	}
	for _, root := range pinned {
		if !slices.Contains(said.Roots, root) {
			c.add("%s does not trust root %s, which %s pins: "+
				"the data from %s predates a rotation, or the rotation is not applied there",
				said.Cluster, shortAll([]string{root}), c.Workspace.Name, said.source())
		}
	}
}

// Every site renders the same files for a cluster, and applies what was reviewed.
func (c *contradictions) tree(said statement) error {
	have, err := c.trees.digest(said.Cluster)
	if err != nil || said.Tree == "" || have == "" || said.Tree == have {
		return err
	}
	c.add("the tree of %s at %s differs from the one that is %s here", said.Cluster, said.source(), c.trees.state())
	return nil
}

// source is who made a statement.
func (s statement) source() string {
	if s.site == fromHere {
		return "this workspace"
	}
	return "site " + s.site
}

func share(a, b []string) bool {
	return slices.ContainsFunc(a, func(one string) bool { return slices.Contains(b, one) })
}

func shortAll(roots []string) string {
	var short []string
	for _, root := range roots {
		short = append(short, root[:min(16, len(root))])
	}
	return strings.Join(short, ", ")
}

// readers returns a cluster's consumers, with the generations that are valid here.
func readers(ws *workspace.Workspace, cluster string) []exchange.ReceiptReader {
	var found []exchange.ReceiptReader
	for _, pair := range ws.Pairs() {
		if pair.Target == cluster {
			counts := ws.Generations(pair)
			found = append(found, exchange.ReceiptReader{
				Consumer: pair.Consumer, Current: counts.Current, Revoked: counts.Revoked,
			})
		}
	}
	return found
}

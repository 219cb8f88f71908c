package exchange

import (
	"fmt"
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/exchange"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// packGenerations packs rotations and revocations: what was recorded of the readers of the site's clusters. Without a
// record the first generation counts, at every site.
func (p *packing) packGenerations() error {
	state, _ := p.ws.Doc.State()
	for _, pair := range p.ws.Pairs() {
		recorded := state.Cluster(pair.Target)
		current, revoked := recorded.ReaderGenerations[pair.Consumer], recorded.RevokedReaders[pair.Consumer]
		if !p.isOwn(pair.Target) || len(current) == 0 && revoked == 0 {
			continue
		}
		p.add(exchange.Item{
			Kind:     exchange.ItemGenerations,
			Cluster:  pair.Target,
			Consumer: pair.Consumer,
			Current:  current,
			Revoked:  revoked,
		})
	}
	return nil
}

// takeGenerations records which credentials count in a cluster: its site says so. What was revoked stays revoked.
func (i *intake) takeGenerations(item exchange.Item) error {
	pair := access.Pair{Consumer: item.Consumer, Target: item.Cluster}
	what := fmt.Sprintf("generations of %s in %s", pair.Consumer, pair.Target)
	if err := i.speaksFor(item.Cluster, what); err != nil {
		return err
	}
	if _, err := i.cluster(item.Consumer, what); err != nil {
		return err
	}
	now := workspace.Generations{Current: item.Current, Revoked: item.Revoked}
	before := i.generations(pair)
	if before.Revoked == now.Revoked && slices.Equal(before.Current, now.Current) {
		return nil
	}
	switch {
	case now.Revoked < before.Revoked:
		return fmt.Errorf("%s: generation %d is revoked here, and the file reverses that", what, before.Revoked)
	case slices.ContainsFunc(now.Current, func(generation int32) bool { return generation <= now.Revoked }):
		return fmt.Errorf("%s: generation %d and all earlier ones are revoked and cannot become valid again",
			what, now.Revoked)
	case !slices.IsSorted(now.Current):
		return fmt.Errorf("%s: the generations are not in order", what)
	}
	if err := i.ws.CheckDeclared(pair, now); err != nil {
		return hint.Prefix(err, what+": ")
	}
	i.current[pair] = now
	says := what + ": " + workspace.Numbers(now.Current)
	if len(now.Current) == 0 {
		says = what + ": none"
	}
	if now.Revoked > 0 {
		says += fmt.Sprintf("; revoked up to %d", now.Revoked)
	}
	i.info(layout.State(), says)
	return nil
}

// generations are those of a pair after what was taken so far.
func (i *intake) generations(pair access.Pair) workspace.Generations {
	if now, taken := i.current[pair]; taken {
		return now
	}
	return i.ws.Generations(pair)
}

// newest is the newest generation of a pair; 0 where none counts.
func (i *intake) newest(pair access.Pair) int32 {
	current := i.generations(pair).Current
	if len(current) == 0 {
		return 0
	}
	return slices.Max(current)
}

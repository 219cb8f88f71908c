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

// packGenerations packs rotations and revocations: the recorded readers of the site's clusters. Without a record, the
// first generation is valid at every site.
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

// takeGenerations records which credentials are valid in a cluster, which its site decides. Revoked ones stay revoked.
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

// generations returns those of a pair including what was imported so far.
func (i *intake) generations(pair access.Pair) workspace.Generations {
	if now, taken := i.current[pair]; taken {
		return now
	}
	return i.ws.Generations(pair)
}

// newest returns the newest generation of a pair; 0 if none is valid.
func (i *intake) newest(pair access.Pair) int32 {
	current := i.generations(pair).Current
	if len(current) == 0 {
		return 0
	}
	return slices.Max(current)
}

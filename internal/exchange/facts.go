package exchange

import (
	"bytes"
	"fmt"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/exchange"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

func (p *packing) packFacts() error {
	for _, cluster := range p.clusters {
		if text := p.ws.Doc.Facts(cluster); text != nil {
			p.add(exchange.Item{Kind: exchange.ItemFacts, Cluster: cluster, Text: exchange.NewLines(text)})
		}
	}
	return nil
}

// takeFacts writes a cluster's facts unchanged, including comments, so that both sites commit the same file.
func (i *intake) takeFacts(item exchange.Item) error {
	if err := i.speaksFor(item.Cluster, "facts of "+item.Cluster); err != nil {
		return err
	}
	text := item.Text.Join()
	if problems := mesh.CheckFacts(item.Cluster, text); len(problems) > 0 {
		return problemsOf("facts of "+item.Cluster, problems)
	}
	name := layout.Facts(item.Cluster)
	before, err := i.read(name)
	if err != nil || bytes.Equal(before, text) {
		return err
	}
	i.plan(name, text)
	i.info(name, fmt.Sprintf("facts of %s", item.Cluster))
	return nil
}

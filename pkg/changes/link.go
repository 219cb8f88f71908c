package changes

import (
	"github.com/kubectl-mesh/kubectl-mesh/pkg/summary"
)

// way is one direction of a link.
type way struct {
	from, to string
	at       summary.Place
}

func (w way) id() string { return "call/" + w.from + "/" + w.to }

func ways(s summary.Summary) []way {
	var all []way
	for _, link := range s.Links {
		all = append(all, way{from: link.From, to: link.To, at: link.At})
		if link.Both {
			all = append(all, way{from: link.To, to: link.From, at: link.At})
		}
	}
	return all
}

func (c *comparison) links() {
	removed, added, _ := match(ways(c.base.Summary), ways(c.head.Summary), way.id)
	for _, w := range added {
		c.add(linkAdded, Change{
			Object: w.id(),
			Class:  "link",
			From:   w.from,
			To:     w.to,
			At:     w.at,
			Says:   say("%s may call %s", w.from, w.to),
		})
	}
	for _, w := range removed {
		c.add(linkRemoved, Change{
			Object: w.id(),
			Class:  "link",
			From:   w.from,
			To:     w.to,
			At:     gone(w.at),
			Says:   say("%s may no longer call %s", w.from, w.to),
		})
	}
}

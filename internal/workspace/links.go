package workspace

import (
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/nearest"
)

// Access returns a pair's access. It fails if a cluster of the pair is not in the mesh.
func (ws *Public) Access(pair access.Pair) (access.RemoteAccess, error) {
	return access.Find(ws.Doc.Mesh, ws.Graph, pair)
}

// LinkName names a link by consumer and target. If dashes in names make FROM-TO ambiguous, it is FROM:TO.
func (ws *Workspace) LinkName(pair access.Pair) string {
	if name := pair.Consumer + "-" + pair.Target; len(ws.pairsNamed(name)) == 1 {
		return name
	}
	return pair.Consumer + ":" + pair.Target
}

// Pair returns the pair of a link: FROM-TO, or FROM:TO. The consumer is the caller's control plane, which may be in
// another cluster.
func (ws *Workspace) Pair(link string) (pair access.Pair, caller string, err error) {
	found := ws.pairsNamed(link)
	if len(found) == 0 {
		return access.Pair{}, "", ws.noLink(link)
	}
	var ways []string
	for pair, caller = range found {
		ways = append(ways, caller+":"+pair.Target)
	}
	if len(ways) > 1 {
		slices.Sort(ways)
		return access.Pair{}, "", verdict.Inputf("use one of "+strings.Join(ways, ", "),
			"link %q is ambiguous: %s", link, strings.Join(ways, ", "))
	}
	return pair, caller, nil
}

// pairsNamed returns all pairs that a link can mean, with the caller.
func (ws *Workspace) pairsNamed(link string) map[access.Pair]string {
	found := map[access.Pair]string{}
	for i, char := range link {
		if char != '-' && char != ':' || char == '-' && strings.Contains(link, ":") {
			continue
		}
		caller, known := ws.Graph.Cluster(link[:i])
		if !known {
			continue
		}
		to := link[i+1:]
		own, served := access.Pair{Consumer: caller.Name, Target: to}, access.Pair{Consumer: caller.ControlPlane, Target: to}
		switch {
		case ws.isPair(own):
			found[own] = caller.Name
		case ws.Graph.Linked(caller.Name, to) && ws.isPair(served):
			found[served] = caller.Name
		}
	}
	return found
}

// isPair reports whether a control plane reads a cluster, or would if its access were not revoked.
func (ws *Workspace) isPair(pair access.Pair) bool {
	reads, revoked := ws.Graph.Reads(pair.Consumer, pair.Target)
	return reads || revoked
}

// Pairs lists all pairs, sorted by consumer and target, including revoked ones.
func (ws *Workspace) Pairs() []access.Pair {
	var all []access.Pair
	for consumer := range ws.Graph.Clusters() {
		for target := range ws.Graph.Targets(consumer.Name) {
			all = append(all, access.Pair{Consumer: consumer.Name, Target: target.Name})
		}
		for target := range ws.Graph.Revoked(consumer.Name) {
			all = append(all, access.Pair{Consumer: consumer.Name, Target: target.Name})
		}
	}
	slices.SortFunc(all, func(a, b access.Pair) int {
		return slices.Compare([]string{a.Consumer, a.Target}, []string{b.Consumer, b.Target})
	})
	return all
}

// LinkNames returns the names of all pairs.
func (ws *Workspace) LinkNames() []string {
	var names []string
	for _, pair := range ws.Pairs() {
		names = append(names, ws.LinkName(pair))
	}
	return names
}

func (ws *Workspace) noLink(link string) error {
	names := ws.LinkNames()
	hint := "the links with credentials: kubectl mesh credentials status" + ws.FilenameFlag() +
		"; to remove the objects of a link that is no longer in " + ws.Name + ": kubectl mesh render --apply --prune"
	switch near, ok := nearest.Name(link, names); {
	case len(names) == 0:
		hint = "no control plane reads another cluster: without links, or with discovery " +
			string(ws.Doc.Mesh.Spec.Discovery) + ", there is no credential"
	case ok:
		hint = "did you mean " + near + "? it is FROM-TO, where FROM reads TO"
	}
	return verdict.Inputf(hint, "no control plane reads a cluster through link %q", link)
}

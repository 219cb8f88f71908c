package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/nearest"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// linkName names a link: who reads, and whom. Where names with dashes make FROM-TO mean two things it
// is FROM:TO.
func (ws *workspace) linkName(reading render.Reading) string {
	if name := reading.Consumer + "-" + reading.Target; len(ws.readingsNamed(name)) == 1 {
		return name
	}
	return reading.Consumer + ":" + reading.Target
}

// reading is the reading that a link is for: FROM-TO, or FROM:TO. The control plane that reads is that of
// the caller, which may be another cluster.
func (ws *workspace) reading(link string) (reading render.Reading, caller string, err error) {
	found := ws.readingsNamed(link)
	if len(found) == 0 {
		return render.Reading{}, "", ws.noLink(link)
	}
	var ways []string
	for reading, caller = range found {
		ways = append(ways, caller+":"+reading.Target)
	}
	if len(ways) > 1 {
		slices.Sort(ways)
		return render.Reading{}, "", inputErrorf("write one of "+strings.Join(ways, ", "), "link %q may be any of %s", link, strings.Join(ways, ", "))
	}
	return reading, caller, nil
}

// readingsNamed are all readings that a link may mean, with the caller.
func (ws *workspace) readingsNamed(link string) map[render.Reading]string {
	found := map[render.Reading]string{}
	for i, char := range link {
		if char != '-' && char != ':' || char == '-' && strings.Contains(link, ":") {
			continue
		}
		caller, known := ws.graph.Cluster(link[:i])
		if !known {
			continue
		}
		to := link[i+1:]
		own, served := render.Reading{Consumer: caller.Name, Target: to}, render.Reading{Consumer: caller.ControlPlane, Target: to}
		switch {
		case ws.isReading(own):
			found[own] = caller.Name
		case ws.graph.Linked(caller.Name, to) && ws.isReading(served):
			found[served] = caller.Name
		}
	}
	return found
}

// isReading tells whether a control plane reads a cluster, or would had it not been cut off.
func (ws *workspace) isReading(reading render.Reading) bool {
	reads, cutOff := ws.graph.Reads(reading.Consumer, reading.Target)
	return reads || cutOff
}

// everyReading lists all readings, sorted by consumer and target, with those that are cut off.
func (ws *workspace) everyReading() []render.Reading {
	var all []render.Reading
	for consumer := range ws.graph.Clusters() {
		for target := range ws.graph.ReadBy(consumer.Name) {
			all = append(all, render.Reading{Consumer: consumer.Name, Target: target.Name})
		}
		for target := range ws.graph.CutOff(consumer.Name) {
			all = append(all, render.Reading{Consumer: consumer.Name, Target: target.Name})
		}
	}
	slices.SortFunc(all, func(a, b render.Reading) int {
		return slices.Compare([]string{a.Consumer, a.Target}, []string{b.Consumer, b.Target})
	})
	return all
}

func (ws *workspace) noLink(link string) error {
	var names []string
	for _, reading := range ws.everyReading() {
		names = append(names, ws.linkName(reading))
	}
	hint := "the links with credentials: kubectl mesh credentials status" + ws.filenameFlag() +
		"; what a link has left that is not in " + ws.name + " any more: kubectl mesh render --apply --prune"
	switch near, ok := nearest.Name(link, names); {
	case len(names) == 0:
		hint = "no control plane reads another cluster: without links, or with discovery " + string(ws.doc.Mesh.Spec.Discovery) + ", there is no credential"
	case ok:
		hint = "did you mean " + near + "? it is FROM-TO, where FROM reads TO"
	}
	return inputErrorf(hint, "no control plane reads a cluster by link %q", link)
}

// completeLinks offers every link that has a credential.
func completeLinks(filename *string) cobra.CompletionFunc {
	return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		if *filename == "-" {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		ws, _, err := readWorkspace(*filename, nil)
		if err != nil {
			return nil, cobra.ShellCompDirectiveError
		}
		defer ws.close()
		if ws.graph == nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		var names []string
		for _, reading := range ws.everyReading() {
			names = append(names, ws.linkName(reading))
		}
		return names, cobra.ShellCompDirectiveNoFileComp
	}
}

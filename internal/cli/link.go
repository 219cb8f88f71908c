package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/nearest"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// linkName names a link: who calls, and whom.
func linkName(reading render.Reading) string { return reading.Consumer + "-" + reading.Target }

// reading is the reading that a link is for: FROM-TO, or FROM:TO where names with dashes make that
// mean two things. The control plane that reads is that of the caller, which may be another cluster.
func (ws *workspace) reading(link string) (reading render.Reading, caller string, err error) {
	found := map[render.Reading]string{}
	for i, char := range link {
		if char != '-' && char != ':' || char == '-' && strings.Contains(link, ":") {
			continue
		}
		from, to := link[:i], link[i+1:]
		caller, known := ws.graph.Cluster(from)
		if !known || !ws.hasCluster(to) {
			continue
		}
		for _, consumer := range []string{caller.Name, caller.ControlPlane} {
			if reading := (render.Reading{Consumer: consumer, Target: to}); ws.isReading(reading) && (consumer == caller.Name || ws.graph.Linked(caller.Name, to)) {
				found[reading] = caller.Name
				break
			}
		}
	}
	switch len(found) {
	case 1:
		for reading, caller := range found {
			return reading, caller, nil
		}
	case 0:
		return render.Reading{}, "", ws.noLink(link)
	}
	var ways []string
	for reading, caller := range found {
		ways = append(ways, caller+":"+reading.Target)
	}
	slices.Sort(ways)
	return render.Reading{}, "", inputErrorf("write one of "+strings.Join(ways, ", "), "link %q may be any of %s", link, strings.Join(ways, ", "))
}

func (ws *workspace) hasCluster(name string) bool {
	_, known := ws.graph.Cluster(name)
	return known
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
		names = append(names, linkName(reading))
	}
	hint := "the links with credentials: kubectl mesh credentials status" + ws.filenameFlag()
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
			names = append(names, linkName(reading))
		}
		return names, cobra.ShellCompDirectiveNoFileComp
	}
}

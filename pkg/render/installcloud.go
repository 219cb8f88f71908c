package render

import (
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

// cloudPart runs the scripts that open networks and API servers: first a preview, then the changes.
func cloudPart(s scripts) part {
	var steps []step
	add := func(script, text string, targets []shell.Word) {
		var commands []string
		for _, target := range targets {
			command := "bash " + layout.Deployed(script) + " " + shell.Name(string(target))
			commands = append(commands, command, command+" --yes")
		}
		if commands != nil {
			steps = append(steps, step{Text: text, Commands: commands})
		}
	}
	add(layout.FirewallScript, "Firewall rules. This requires permission to edit the project's firewall rules. The first "+
		"command prints the changes, the second makes them:",
		targetsOf(s.Networks, func(n networkWords) shell.Word { return n.ID }))
	add(layout.FleetScript, "Fleet membership, and the settings of cluster and fleet that Cloud Service Mesh requires:",
		targetsOf(s.Members, func(m memberWords) shell.Word { return m.Name }))
	add(layout.AccessScript, "Authorized networks of the API servers. Updating a cluster takes minutes; the previous "+
		"settings are saved to a file:", targetsOf(s.Servers, func(s serverWords) shell.Word { return s.Name }))
	if steps != nil {
		steps = append(steps, step{
			Text: "To revert all of this later: `bash " + layout.Deployed(layout.TeardownScript) + "`. It works in reverse " +
				"order and lists what it keeps.",
		})
	}
	return part{Title: "Open the networks between the clusters", Steps: steps}
}

func targetsOf[T any](all []T, name func(T) shell.Word) []shell.Word {
	var names []shell.Word
	for _, one := range all {
		names = append(names, name(one))
	}
	return names
}

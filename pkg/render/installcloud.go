package render

import (
	"path"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// cloudPart runs the scripts that open networks and API servers: first look, then act.
func cloudPart(files []layout.File) part {
	networks := part{Title: "Open the networks between the clusters"}
	for _, kind := range []struct{ prefix, text string }{
		{
			prefix: "firewall-",
			text: "Firewall rules, which require permission to edit the project's firewall rules. The first command " +
				"prints the changes, the second one makes them:",
		},
		{prefix: "webhook-firewall.", text: "Access from a private cluster's control plane to istiod's webhook in it:"},
		{
			prefix: "fleet.",
			text:   "Membership in the fleet, and what Cloud Service Mesh requires of the cluster and the fleet:",
		},
		{
			prefix: "access.",
			text: "Authorized networks of the API servers. An update of a cluster takes minutes; the settings before it " +
				"are saved in a file:",
		},
	} {
		var commands []string
		for _, file := range files {
			if layout.InGcloud(file.Path) && strings.HasPrefix(path.Base(file.Path), kind.prefix) {
				command := "bash " + layout.Deployed(file.Path)
				commands = append(commands, command, command+" --yes")
			}
		}
		if commands != nil {
			networks.Steps = append(networks.Steps, step{Text: kind.text, Commands: commands})
		}
	}
	if slices.ContainsFunc(files, func(f layout.File) bool { return f.Path == layout.TeardownScript }) {
		networks.Steps = append(networks.Steps, step{
			Text: "To remove all of it later: `bash " + layout.Deployed(layout.TeardownScript) + "`. It works in reverse " +
				"order, and lists what it keeps.",
		})
	}
	return networks
}

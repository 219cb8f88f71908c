package render

import (
	"path"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// cloudPart runs the scripts that open networks and API servers: first a preview, then the changes.
func cloudPart(files []layout.File) part {
	networks := part{Title: "Open the networks between the clusters"}
	for _, kind := range []struct{ prefix, text string }{
		{
			prefix: "firewall-",
			text: "Firewall rules. This requires permission to edit the project's firewall rules. The first command " +
				"prints the changes, the second makes them:",
		},
		{prefix: "webhook-firewall.", text: "Access from the control planes of private clusters to istiod's webhook:"},
		{
			prefix: "fleet.",
			text:   "Fleet membership, and the settings of cluster and fleet that Cloud Service Mesh requires:",
		},
		{
			prefix: "access.",
			text: "Authorized networks of the API servers. Updating a cluster takes minutes; the previous settings are " +
				"saved to a file:",
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
			Text: "To revert all of this later: `bash " + layout.Deployed(layout.TeardownScript) + "`. It works in reverse " +
				"order and lists what it keeps.",
		})
	}
	return networks
}

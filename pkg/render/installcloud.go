package render

import (
	"path"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// cloudPart runs the scripts that open networks and API servers: first look, then act.
func cloudPart(files []layout.File) part {
	networks := part{Title: "The networks between the clusters"}
	for _, kind := range []struct{ prefix, text string }{
		{prefix: "firewall-", text: "Firewall rules, by whoever may change those of the project. The first command shows what it would do, the second does it:"},
		{prefix: "webhook-firewall.", text: "The way from the control plane of a private cluster to the webhook of istiod in it:"},
		{prefix: "fleet.", text: "Membership in the fleet, with what Cloud Service Mesh needs of the cluster and of the fleet:"},
		{prefix: "access.", text: "Who may reach the API server. An update of a cluster takes minutes; what was there before is saved in a file:"},
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
		networks.Steps = append(networks.Steps, step{Text: "When the mesh goes, `bash " + layout.Deployed(layout.TeardownScript) + "` takes it back, in reverse order, and says what it leaves."})
	}
	return networks
}

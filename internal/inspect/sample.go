package inspect

import (
	"fmt"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// RemoveSample returns the command that removes the sample from the clusters that have it; empty if none has.
func (s Result) RemoveSample() string {
	const most = 3
	var commands []string
	more := 0
	for cluster := range s.Graph.Clusters() {
		facts := s.Observed[cluster.Name]
		switch {
		case facts == nil || facts.Sample == nil || facts.Sample.Client.Why != "":
		case len(commands) == most:
			more++
		default:
			commands = append(commands, s.Commands.Kubectl(cluster.Name)+" delete namespace "+render.SampleNamespace)
		}
	}
	if len(commands) == 0 {
		return ""
	}
	text := "remove the sample when you no longer need it: " + strings.Join(commands, "; ")
	if more > 0 {
		text += fmt.Sprintf("; and from %d more", more)
	}
	return text
}

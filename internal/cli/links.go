package cli

import (
	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
)

// completeLinks offers every link that has a credential.
func completeLinks(filename *string) cobra.CompletionFunc {
	return func(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
		if *filename == "-" {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		ws, _, err := workspace.Read(cmd.Context(), workspace.Source{Filename: *filename})
		if err != nil {
			return nil, cobra.ShellCompDirectiveError
		}
		defer ws.Close()
		if ws.Graph == nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		var names []string
		for _, pair := range ws.Pairs() {
			names = append(names, ws.LinkName(pair))
		}
		return names, cobra.ShellCompDirectiveNoFileComp
	}
}

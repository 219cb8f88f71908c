package cli

import (
	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/internal/live"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// pickCluster selects the cluster of a stream: the named one, otherwise the one with the specified context, otherwise
// the one with the kubeconfig's current context. It never guesses, because a stream must not reach the wrong cluster.
func pickCluster(ws *workspace.Workspace, named string, flags *liveFlags) (string, error) {
	if named != "" {
		return named, ws.CheckCluster(named)
	}
	context := flags.context
	if context == "" {
		config, err := live.ReadKubeconfig(flags.file)
		if err != nil {
			return "", hint.Add(err, "or specify the cluster: --cluster NAME")
		}
		context = config.CurrentContext
	}
	for cluster := range ws.Graph.Clusters() {
		if context != "" && cluster.Context == context {
			return cluster.Name, nil
		}
	}
	return "", ws.ChooseCluster(flags.context, context)
}

// completeClusters completes cluster names, regardless of findings.
func completeClusters(filename *string) cobra.CompletionFunc {
	return completeNames(filename, func(ws *workspace.Workspace) []string { return ws.Graph.Names() })
}

// completeLinks completes links with a credential.
func completeLinks(filename *string) cobra.CompletionFunc {
	return completeNames(filename, (*workspace.Workspace).LinkNames)
}

func completeNames(filename *string, names func(*workspace.Workspace) []string) cobra.CompletionFunc {
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
		return names(ws), cobra.ShellCompDirectiveNoFileComp
	}
}

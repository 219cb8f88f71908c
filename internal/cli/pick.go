package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/nearest"
)

// pickCluster decides which cluster a stream is for: the one that is named, else the one with
// the context that is named, else the one with the kubeconfig's current context. It never
// guesses: a stream that reaches the wrong cluster is the worst that can happen.
func (o *renderOptions) pickCluster(ws *workspace) (string, error) {
	if o.cluster != "" {
		return o.cluster, o.checkCluster(ws)
	}
	context := *o.Context
	if context == "" {
		config, err := o.load()
		if err != nil {
			return "", withHint(err, "or name the cluster: --cluster NAME")
		}
		context = config.CurrentContext
	}
	for cluster := range ws.graph.Clusters() {
		if context != "" && cluster.Context == context {
			return cluster.Name, nil
		}
	}
	return "", noCluster(ws, *o.Context, context)
}

// noCluster lists the clusters to choose from.
func noCluster(ws *workspace, named, current string) error {
	var list strings.Builder
	for cluster := range ws.graph.Clusters() {
		fmt.Fprintf(&list, "\n  %s", cluster.Name)
		if cluster.Context != "" {
			fmt.Fprintf(&list, " (context %q)", cluster.Context)
		}
	}
	why := "the kubeconfig has no current context"
	switch {
	case named != "":
		why = fmt.Sprintf("no cluster has context %q", named)
	case current != "":
		why = fmt.Sprintf("no cluster has the current context %q", current)
	}
	return inputErrorf("name one: --cluster NAME", "choose a cluster: %s; the mesh has%s", why, list.String())
}

func (o *renderOptions) checkCluster(ws *workspace) error { return ws.checkCluster(o.cluster) }

// checkCluster refuses a name that is no cluster's.
func (ws *workspace) checkCluster(name string) error {
	if _, ok := ws.graph.Cluster(name); ok {
		return nil
	}
	names := ws.graph.Names()
	hint := "the clusters are " + strings.Join(names, ", ")
	if len(names) > 20 {
		hint = fmt.Sprintf("the clusters are %s and %d more", strings.Join(names[:20], ", "), len(names)-20)
	}
	if near, ok := nearest.Name(name, names); ok {
		hint = fmt.Sprintf("did you mean %s?", near)
	}
	return inputErrorf(hint, "no cluster %q in %s", name, ws.name)
}

// completeClusters offers the names of the mesh's clusters, whatever is found about them.
func completeClusters(filename *string) cobra.CompletionFunc {
	return func(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
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
		return ws.graph.Names(), cobra.ShellCompDirectiveNoFileComp
	}
}

package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/internal/reader"
	"github.com/kubectl-mesh/kubectl-mesh/internal/report"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
)

type describeLinkOptions struct {
	System
	filename, output, link string
}

func newDescribeLink(system System, runF func(*describeLinkOptions) error) *cobra.Command {
	o := &describeLinkOptions{System: system}
	cmd := &cobra.Command{
		Use:   "link [FROM-TO]",
		Short: "Describe what a link grants, and how to revoke it",
		Long: `Describe what a link grants: the identity of FROM's control plane at TO's API server, its permissions,
its credential's validity, what a leak would expose, and how to revoke it.

It works offline, from mesh.yaml and the credentials in the workspace. Without a link it lists all links.`,
		Example: `  kubectl mesh describe link
  kubectl mesh describe link west-east`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return verdict.Inputf("describe one link at a time", "%s takes one link", cmd.CommandPath())
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				o.link = args[0]
			}
			return start(cmd.Context(), o, runF)
		},
	}
	addFilename(cmd, &o.filename)
	addOutput(cmd, &o.output, "", "json", "yaml")
	cmd.ValidArgsFunction = func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return completeLinks(&o.filename)(cmd, args, word)
	}
	return cmd
}

func (o *describeLinkOptions) Validate() error { return checkOutput(o.output, "", "json", "yaml") }

// Run explains a link regardless of other problems of the mesh.
func (o *describeLinkOptions) Run(ctx context.Context) error {
	ws, problems, err := workspace.Read(ctx, o.source(o.filename))
	if err != nil {
		return err
	}
	defer ws.Close()
	if ws.Graph == nil {
		return workspace.Stopped(ws.Name, problems, o.filename)
	}
	if o.link == "" {
		return o.list(ws)
	}
	pair, caller, err := ws.Pair(o.link)
	if err != nil {
		return err
	}
	words, err := reader.Explain(ctx, ws, pair, caller, time.Now())
	if err != nil {
		return err
	}
	return report.LinkExplanation(o.Out, o.output, words)
}

// list prints all links with a credential, with consumer and target.
func (o *describeLinkOptions) list(ws *workspace.Workspace) error {
	lines, err := report.NewLinkLines(ws)
	if err != nil {
		return err
	}
	if len(lines) == 0 && o.output == "" {
		fmt.Fprintln(o.ErrOut, "no control plane reads another cluster")
	}
	return report.LinkLines(o.Out, o.output, lines)
}

package cli

import (
	"context"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/internal/report"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/nearest"
)

type describeOptions struct {
	System
	filename, output, cluster string
}

func newDescribe(system System, runF func(*describeOptions) error) *cobra.Command {
	o := &describeOptions{System: system}
	cmd := &cobra.Command{
		Use:   "describe [cluster NAME | link FROM-TO]",
		Short: "Describe what a mesh means: access, trust, firewall openings, waivers",
		Long: `Describe what mesh.yaml and its related files mean: the clusters and how their API servers are reached,
which control plane reads which cluster, with which credential and permissions, which roots are trusted,
what firewalls must allow, what is waived, and what is held back.

It works offline, from files; deploy/README.md has the same content. The diagram of -o mermaid shows at
most 400 links. kubectl mesh explain summary -o jsonschema prints the schema of -o json.`,
		Example: `  kubectl mesh describe
  kubectl mesh describe cluster east
  kubectl mesh describe link west-east
  kubectl mesh describe -o mermaid`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return start(cmd.Context(), o, runF) },
	}
	addFilename(cmd, &o.filename)
	addOutput(cmd, &o.output, "", "json", "yaml", "mermaid")
	cmd.AddCommand(newDescribeCluster(system, nil), newDescribeLink(system, nil))
	return cmd
}

func newDescribeCluster(system System, runF func(*describeOptions) error) *cobra.Command {
	o := &describeOptions{System: system}
	cmd := &cobra.Command{
		Use:     "cluster NAME",
		Short:   "Describe one cluster of a mesh",
		Long:    `Describe one cluster: its API server, its remote access as consumer and target, its firewall openings.`,
		Example: `  kubectl mesh describe cluster east`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return verdict.Inputf("kubectl mesh describe lists the clusters", "%s requires one cluster", cmd.CommandPath())
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			o.cluster = args[0]
			return start(cmd.Context(), o, runF)
		},
	}
	addFilename(cmd, &o.filename)
	addOutput(cmd, &o.output, "", "json", "yaml", "mermaid")
	cmd.ValidArgsFunction = completeClusters(&o.filename)
	return cmd
}

func (o *describeOptions) Validate() error {
	return checkOutput(o.output, "", "json", "yaml", "mermaid")
}

// Run describes a mesh regardless of findings.
func (o *describeOptions) Run(ctx context.Context) error {
	ws, err := workspace.OpenUnchecked(ctx, o.source(o.filename))
	if err != nil {
		return err
	}
	defer ws.Close()
	whole, err := ws.Summary()
	if err != nil {
		return err
	}
	part := whole
	if o.cluster != "" {
		var known bool
		if part, known = whole.Of(o.cluster); !known {
			return unknownCluster(ws, o.cluster)
		}
	}
	switch o.output {
	case "":
		return report.Summary(o.Out, whole, o.cluster)
	case "mermaid":
		if o.cluster != "" {
			part = whole.Around(o.cluster)
		}
		picture, drawn := part.Mermaid()
		if !drawn {
			return verdict.Inputf("describe a single cluster: kubectl mesh describe cluster NAME -o mermaid",
				"%d links are too many for a diagram", len(part.Links))
		}
		_, err := io.WriteString(o.Out, picture)
		return err
	}
	return report.Data(o.Out, o.output, part)
}

// unknownCluster suggests the nearest cluster name.
func unknownCluster(ws *workspace.Workspace, name string) error {
	names := ws.Graph.Names()
	remedy := "the clusters are " + strings.Join(names, ", ")
	if near, ok := nearest.Name(name, names); ok {
		remedy = "did you mean " + near + "?"
	}
	return verdict.Inputf(remedy, "%s has no cluster %q", ws.Name, name)
}

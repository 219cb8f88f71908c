package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/internal/explain"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
)

type explainOptions struct {
	System
	topic     string
	output    string
	recursive bool
}

func newExplain(system System, runF func(*explainOptions) error) *cobra.Command {
	o := &explainOptions{System: system}
	cmd := &cobra.Command{
		Use:   "explain [FIELD | RULE | CHECK | CHANGE]",
		Short: "Explain a field of mesh.yaml, a rule, a check, or a change",
		Long: `Explain a field of mesh.yaml, as kubectl explain does, or a rule, a check or a kind of change by its ID.
For the clusters and links of a mesh, see kubectl mesh describe.

Fields of facts files begin with clusterfacts. -o jsonschema prints the JSON Schema of a kind, for
editors without network access; summary is the kind that describe -o json prints.`,
		Example: `  kubectl mesh explain spec.clusters.gateway
  kubectl mesh explain spec --recursive
  kubectl mesh explain MESH006
  kubectl mesh explain CHECK016
  kubectl mesh explain MC001
  kubectl mesh explain mesh -o jsonschema > mesh.schema.json`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return verdict.Inputf("explain one at a time", "%s accepts one field, rule, check or change", cmd.CommandPath())
			}
			return nil
		},
		ValidArgsFunction: completeTopic,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				o.topic = args[0]
			}
			return start(cmd.Context(), o, runF)
		},
	}
	addOutput(cmd, &o.output, "", "jsonschema")
	cmd.Flags().BoolVar(&o.recursive, "recursive", false, "list all fields below the field, without their descriptions")
	return cmd
}

func (o *explainOptions) Validate() error { return checkOutput(o.output, "", "jsonschema") }

func (o *explainOptions) Run(context.Context) error {
	return explain.Print(o.Out, explain.Question{Topic: o.topic, IsSchema: o.output != "", IsRecursive: o.recursive})
}

// completeTopic completes the next part of a path, and IDs.
func completeTopic(_ *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
	words := explain.Complete(word)
	if len(args) > 0 || words == nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return words, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

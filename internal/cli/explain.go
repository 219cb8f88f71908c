package cli

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/internal/report"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/changes"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/check"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/rules"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/summary"
)

type explainOptions struct {
	System
	topic  string
	output string
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
	return cmd
}

func (o *explainOptions) Validate() error { return checkOutput(o.output, "", "jsonschema") }

func (o *explainOptions) Run(context.Context) error {
	if rule, ok := rules.Find(strings.ToUpper(o.topic)); ok {
		if o.output != "" {
			return verdict.Inputf("omit -o", "rule %s has no schema", rule.ID)
		}
		return report.Rule(o.Out, rule)
	}
	if done, err := o.explainCheck(); done {
		return err
	}
	if done, err := o.explainChange(); done {
		return err
	}
	if err := unknownID(o.topic); err != nil {
		return err
	}
	if strings.EqualFold(o.topic, summary.KindSummary) {
		return o.summarySchema()
	}
	kind, path := v1alpha1.SplitTopic(o.topic)
	field, err := v1alpha1.Explain(kind, path)
	if err != nil {
		return verdict.Input(err)
	}
	if o.output == "jsonschema" {
		_, err := o.Out.Write(v1alpha1.Schema(kind))
		return err
	}
	return report.Field(o.Out, kind, path, field)
}

// summarySchema is all there is to say of a document that is printed, never written.
func (o *explainOptions) summarySchema() error {
	if o.output == "" {
		return verdict.Inputf("kubectl mesh explain summary -o jsonschema",
			"summary has only a schema; kubectl mesh describe -o json prints one")
	}
	_, err := o.Out.Write(summary.Schema())
	return err
}

// explainCheck explains a check, if the topic is the ID of one.
func (o *explainOptions) explainCheck() (done bool, err error) {
	found, known := check.Find(strings.ToUpper(o.topic))
	switch {
	case !known:
		return false, nil
	case o.output != "":
		return true, verdict.Inputf("omit -o", "check %s has no schema", found.ID)
	}
	return true, report.HealthCheck(o.Out, found)
}

// explainChange explains a kind of change, if the topic is the ID of one.
func (o *explainOptions) explainChange() (done bool, err error) {
	found, known := changes.Find(changes.ID(strings.ToUpper(o.topic)))
	switch {
	case !known:
		return false, nil
	case o.output != "":
		return true, verdict.Inputf("omit -o", "change %s has no schema", found.ID)
	}
	return true, report.Change(o.Out, found)
}

// completeTopic offers the next step of a path, and the rules.
func completeTopic(_ *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	typed := word[:strings.LastIndexByte(word, '.')+1]
	kind, path := v1alpha1.SplitTopic(typed)
	field, err := v1alpha1.Explain(kind, path)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var words []string
	for _, child := range field.Fields {
		words = append(words, typed+child.Name)
	}
	if typed == "" {
		words = slices.Concat(words, rules.IDs(), check.IDs(), changes.IDs())
	}
	return words, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

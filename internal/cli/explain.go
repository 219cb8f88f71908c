package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/check"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/nearest"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/rules"
)

type explainOptions struct {
	System
	topic  string
	output string
}

func newExplain(system System, runF func(*explainOptions) error) *cobra.Command {
	o := &explainOptions{System: system}
	cmd := &cobra.Command{
		Use:   "explain [FIELD | RULE | CHECK | link]",
		Short: "Explain a field of mesh.yaml, a rule, a check, or a link",
		Long: `Explain a field of mesh.yaml as kubectl explain does, or a rule or a check by
its ID; or what the credential of a link is worth (explain link).

Fields of facts files begin with clusterfacts. The JSON Schema of a kind, for editors without
network, is printed by -o jsonschema.`,
		Example: `  kubectl mesh explain spec.clusters.gateway
  kubectl mesh explain MESH006
  kubectl mesh explain CHECK016
  kubectl mesh explain link west-east
  kubectl mesh explain mesh -o jsonschema > mesh.schema.json`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return verdict.Inputf("ask for one at a time", "%s takes one field, rule or check", cmd.CommandPath())
			}
			return nil
		},
		ValidArgsFunction: completeTopic,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 1 {
				o.topic = args[0]
			}
			if runF != nil {
				return runF(o)
			}
			if err := checkOutput(o.output, "", "jsonschema"); err != nil {
				return err
			}
			return o.Run()
		},
	}
	addOutput(cmd, &o.output, "", "jsonschema")
	cmd.AddCommand(newExplainLink(system, nil))
	return cmd
}

func (o *explainOptions) Run() error {
	if rule, ok := rules.Find(strings.ToUpper(o.topic)); ok {
		if o.output != "" {
			return verdict.Inputf("leave out -o", "rule %s has no schema", rule.ID)
		}
		return explainRule(o.Out, rule)
	}
	if done, err := o.explainCheck(); done {
		return err
	}
	if digit, ok := strings.CutPrefix(strings.ToUpper(o.topic), "MESH"); ok && strings.IndexAny(digit, "0123456789") == 0 {
		hint := "the rules are " + strings.Join(rules.IDs(), ", ")
		if near, ok := nearest.Name(strings.ToUpper(o.topic), rules.IDs()); ok {
			hint = "did you mean " + near + "?"
		}
		return verdict.Inputf(hint, "no rule %q", o.topic)
	}
	kind, path := splitTopic(o.topic)
	field, err := v1alpha1.Explain(kind, path)
	if err != nil {
		return verdict.Input(err)
	}
	if o.output == "jsonschema" {
		_, err := o.Out.Write(v1alpha1.Schema(kind))
		return err
	}
	return explainField(o.Out, kind, path, field)
}

// splitTopic takes mesh.spec.clusters, spec.clusters or clusterfacts.spec apart.
func splitTopic(topic string) (kind string, path []string) {
	path = strings.FieldsFunc(topic, func(r rune) bool { return r == '.' })
	kind = v1alpha1.KindMesh
	if len(path) > 0 {
		switch strings.ToLower(path[0]) {
		case strings.ToLower(v1alpha1.KindMesh):
			path = path[1:]
		case strings.ToLower(v1alpha1.KindClusterFacts):
			kind, path = v1alpha1.KindClusterFacts, path[1:]
		}
	}
	return kind, path
}

// completeTopic offers the next step of a path, and the rules.
func completeTopic(_ *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	typed := word[:strings.LastIndexByte(word, '.')+1]
	kind, path := splitTopic(typed)
	field, err := v1alpha1.Explain(kind, path)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var words []string
	for _, child := range field.Fields {
		words = append(words, typed+child.Name)
	}
	if typed == "" {
		words = append(append(words, rules.IDs()...), check.IDs()...)
	}
	return words, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

func explainRule(w io.Writer, rule rules.Rule) error {
	waive := "A waiver lets it pass."
	switch {
	case rule.Firm:
		waive = "It cannot be waived."
	case rule.Severity != "error":
		waive = "A waiver silences it."
	}
	_, err := fmt.Fprintf(w, "RULE:      %s\nSEVERITY:  %s\nTITLE:     %s\n\nWHY:\n%s\n\nREMEDY:\n%s\n%s\n", rule.ID, rule.Severity,
		rule.Title, indent(rule.Why), indent(rule.Remedy), indent(waive))
	return err
}

// explainField prints what kubectl explain prints of a field.
func explainField(w io.Writer, kind string, path []string, field v1alpha1.Field) error {
	var text strings.Builder
	fmt.Fprintf(&text, "KIND:     %s\nVERSION:  %s\n\n", kind, v1alpha1.APIVersion)
	if len(path) > 0 {
		fmt.Fprintf(&text, "FIELD: %s <%s>%s\n", field.Name, field.Type, required(field))
		if field.Default != "" {
			fmt.Fprintf(&text, "DEFAULT: %s\n", field.Default)
		}
		if len(field.Enum) > 0 {
			fmt.Fprintf(&text, "ENUM:\n%s\n", indent(strings.Join(field.Enum, "\n")))
		}
		text.WriteString("\n")
	}
	fmt.Fprintf(&text, "DESCRIPTION:\n%s\n", indent(field.Description))
	if len(field.Fields) > 0 {
		text.WriteString("\nFIELDS:\n")
	}
	for _, child := range field.Fields {
		fmt.Fprintf(&text, "  %s\t<%s>%s\n", child.Name, child.Type, required(child))
		if len(child.Enum) > 0 {
			fmt.Fprintf(&text, "  enum: %s\n", strings.Join(child.Enum, ", "))
		}
		if child.Default != "" {
			fmt.Fprintf(&text, "  default: %s\n", child.Default)
		}
		fmt.Fprintf(&text, "%s\n\n", indent(child.Description))
	}
	_, err := io.WriteString(w, strings.TrimRight(text.String(), "\n")+"\n")
	return err
}

func required(field v1alpha1.Field) string {
	if field.Required {
		return " -required-"
	}
	return ""
}

// indent wraps paragraphs at 80 columns, and sets them four in.
func indent(text string) string {
	const columns = 4
	var lines []string
	for paragraph := range strings.Lines(text) {
		line := ""
		for _, word := range strings.Fields(paragraph) {
			if line != "" && columns+len(line)+1+len(word) > 80 {
				lines = append(lines, strings.Repeat(" ", columns)+line)
				line = ""
			}
			line = strings.TrimSpace(line + " " + word)
		}
		lines = append(lines, strings.TrimRight(strings.Repeat(" ", columns)+line, " "))
	}
	return strings.Join(lines, "\n")
}

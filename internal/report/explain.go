package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/changes"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/check"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/rules"
)

// Rule prints what a rule is for.
func Rule(w io.Writer, rule rules.Rule) error {
	waive := "A waiver lets it pass."
	switch {
	case rule.Firm:
		waive = "It cannot be waived."
	case rule.Severity != "error":
		waive = "A waiver silences it."
	}
	_, err := fmt.Fprintf(w, "RULE:      %s\nSEVERITY:  %s\nTITLE:     %s\n\nWHY:\n%s\n\nREMEDY:\n%s\n%s\n",
		rule.ID, rule.Severity, rule.Title, indent(rule.Why), indent(rule.Remedy), indent(waive))
	return err
}

// Change prints what a kind of change means.
func Change(w io.Writer, kind changes.Kind) error {
	_, err := fmt.Fprintf(w, "CHANGE:    %s\nSEVERITY:  %s\nTITLE:     %s\n\nWHY:\n%s\n\nREVIEW:\n%s\n",
		kind.ID, kind.Severity, kind.Title, indent(kind.Why), indent(kind.Review))
	return err
}

// HealthCheck prints what a check of a live mesh is for.
func HealthCheck(w io.Writer, one check.Check) error {
	_, err := fmt.Fprintf(w, "CHECK:     %s\nSEVERITY:  %s\nSCOPE:     %s\nTITLE:     %s\n\nWHY:\n%s\n\nREMEDY:\n%s\n",
		one.ID, one.Severity, one.Scope, one.Title, indent(one.Why), indent(one.Remedy))
	return err
}

// Field prints what kubectl explain prints of a field; without a path, of a whole kind.
func Field(w io.Writer, kind string, path []string, field v1alpha1.Field) error {
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

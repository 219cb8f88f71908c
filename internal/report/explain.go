package report

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/changes"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/check"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/rules"
)

// Rule prints the explanation of a rule.
func Rule(w io.Writer, rule rules.Rule) error {
	waive := "It can be waived."
	if rule.Firm {
		waive = "It cannot be waived."
	}
	_, err := fmt.Fprintf(w, "RULE:      %s\nSEVERITY:  %s\nTITLE:     %s\n\nWHY:\n%s\n\nREMEDY:\n%s\n%s\n",
		rule.ID, rule.Severity, rule.Title, indent(w, rule.Why), indent(w, rule.Remedy), indent(w, waive))
	return err
}

// Change prints the explanation of a kind of change.
func Change(w io.Writer, kind changes.Kind) error {
	_, err := fmt.Fprintf(w, "CHANGE:    %s\nSEVERITY:  %s\nTITLE:     %s\n\nWHY:\n%s\n\nREVIEW:\n%s\n",
		kind.ID, kind.Severity, kind.Title, indent(w, kind.Why), indent(w, kind.Review))
	return err
}

// HealthCheck prints the explanation of a check.
func HealthCheck(w io.Writer, one check.Check) error {
	_, err := fmt.Fprintf(w, "CHECK:     %s\nSEVERITY:  %s\nSCOPE:     %s\nTITLE:     %s\n\nWHY:\n%s\n\nREMEDY:\n%s\n",
		one.ID, one.Severity, one.Scope, one.Title, indent(w, one.Why), indent(w, one.Remedy))
	return err
}

// Field prints a field like kubectl explain; without a path, a whole kind.
func Field(w io.Writer, kind string, path []string, field v1alpha1.Field) error {
	var text strings.Builder
	fmt.Fprintf(&text, "KIND:     %s\nVERSION:  %s\n\n", kind, v1alpha1.APIVersion)
	if len(path) > 0 {
		fmt.Fprintf(&text, "FIELD: %s <%s>%s\n", field.Name, field.Type, required(field))
		if field.Default != "" {
			fmt.Fprintf(&text, "DEFAULT: %s\n", field.Default)
		}
		if len(field.Enum) > 0 {
			fmt.Fprintf(&text, "ENUM:\n%s", enumText(w, field))
		}
		text.WriteString("\n")
	}
	fmt.Fprintf(&text, "DESCRIPTION:\n%s\n", indent(w, field.Description))
	if len(field.Fields) > 0 {
		text.WriteString("\nFIELDS:\n")
	}
	for _, child := range field.Fields {
		fmt.Fprintf(&text, "  %s\t<%s>%s\n", child.Name, child.Type, required(child))
		if len(child.Enum) > 0 {
			fmt.Fprintf(&text, "  enum: %s\n", enumLine(child.Enum))
		}
		if child.Default != "" {
			fmt.Fprintf(&text, "  default: %s\n", child.Default)
		}
		fmt.Fprintf(&text, "%s\n\n", indent(w, child.Description))
	}
	_, err := io.WriteString(w, strings.TrimRight(text.String(), "\n")+"\n")
	return err
}

// FieldTree prints all fields below a field, like kubectl explain --recursive.
func FieldTree(w io.Writer, kind string, path []string, field v1alpha1.Field) error {
	var text strings.Builder
	fmt.Fprintf(&text, "KIND:     %s\nVERSION:  %s\n\n", kind, v1alpha1.APIVersion)
	if len(path) > 0 {
		fmt.Fprintf(&text, "FIELD: %s <%s>%s\n\n", field.Name, field.Type, required(field))
	}
	text.WriteString("FIELDS:\n")
	fieldTree(&text, "  ", field.Fields)
	_, err := io.WriteString(w, text.String())
	return err
}

func fieldTree(text *strings.Builder, indent string, fields []v1alpha1.Field) {
	longest := 0
	for _, field := range fields {
		longest = max(longest, len(field.Name))
	}
	for _, field := range fields {
		fmt.Fprintf(text, "%s%-*s  <%s>%s\n", indent, longest, field.Name, field.Type, required(field))
		fieldTree(text, indent+"  ", field.Fields)
	}
}

// enumText explains each value of a field.
func enumText(w io.Writer, field v1alpha1.Field) string {
	const left, gap = 4, 2
	longest := 0
	for _, value := range field.Enum {
		longest = max(longest, len(cmp.Or(value, emptyValue)))
	}
	var text strings.Builder
	columns := columnsOr(terminal.LookOf(w), 80) - left - longest - gap
	for _, value := range field.Enum {
		label := cmp.Or(value, emptyValue)
		for _, line := range terminal.FoldTo(columns, meaningOf(field.Name, value), 0) {
			line = strings.Repeat(" ", left) + label + strings.Repeat(" ", longest+gap-len(label)) + line
			text.WriteString(strings.TrimRight(line, " ") + "\n")
			label = ""
		}
	}
	return text.String()
}

// enumLine lists the values of a field.
func enumLine(values []string) string {
	var words []string
	for _, value := range values {
		words = append(words, cmp.Or(value, emptyValue))
	}
	return strings.Join(words, ", ")
}

// emptyValue represents an empty value.
const emptyValue = `""`

func required(field v1alpha1.Field) string {
	if field.Required {
		return " -required-"
	}
	return ""
}

// indent wraps paragraphs at the width of the terminal, otherwise at 80 columns, indented by four spaces.
func indent(w io.Writer, text string) string {
	const left = 4
	var lines []string
	for paragraph := range strings.Lines(text) {
		for _, line := range terminal.FoldTo(columnsOr(terminal.LookOf(w), 80)-left, paragraph, 0) {
			lines = append(lines, strings.TrimRight(strings.Repeat(" ", left)+line, " "))
		}
	}
	return strings.Join(lines, "\n")
}

package schema

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/doc/comment"
	"strings"
)

// remark is a doc comment, taken apart.
type remark struct {
	text     string
	required bool
	fallback json.RawMessage // the default; nil if there is none
}

// readComment parts the markers of a doc comment, its lines that begin with +, from its text.
func readComment(doc *ast.CommentGroup) (remark, error) {
	var r remark
	var prose strings.Builder
	for line := range strings.Lines(doc.Text()) {
		marker := strings.TrimSpace(line)
		if !strings.HasPrefix(marker, "+") {
			prose.WriteString(line)
		} else if err := r.mark(marker); err != nil {
			return remark{}, err
		}
	}
	r.text = flow(prose.String())
	return r, nil
}

func (r *remark) mark(marker string) error {
	name, value, _ := strings.Cut(marker, "=")
	switch {
	case marker == "+required":
		r.required = true
	case name == "+default" && json.Valid([]byte(value)):
		r.fallback = json.RawMessage(value)
	case name == "+default":
		return fmt.Errorf("marker %s: the default must be JSON", marker)
	default:
		return fmt.Errorf("unknown marker %s", marker)
	}
	if r.required && r.fallback != nil {
		return fmt.Errorf("marker %s: a required field has no default", marker)
	}
	return nil
}

// flow undoes the wrapping of lines: editors and terminals have widths of their own.
func flow(prose string) string {
	var parser comment.Parser
	printer := comment.Printer{TextWidth: -1}
	return strings.TrimSpace(string(printer.Text(parser.Parse(prose))))
}

package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/reader"
	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/summary"
)

// LinkExplanation prints headings like explain FIELD, and a paragraph for each fact; or data if a format is specified.
func LinkExplanation(w io.Writer, format string, words reader.Explanation) error {
	if format != "" {
		return Data(w, format, linkDocument{APIVersion: summary.APIVersion, Kind: "LinkDescription", Explanation: words})
	}
	_, err := io.WriteString(w, explanationText(w, words))
	return err
}

// linkDocument describes a link as JSON.
type linkDocument struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	reader.Explanation
}

// linkList lists all links as JSON.
type linkList struct {
	APIVersion string     `json:"apiVersion"`
	Kind       string     `json:"kind"`
	Links      []LinkLine `json:"links"`
}

func explanationText(out io.Writer, w reader.Explanation) string {
	var text strings.Builder
	fmt.Fprintf(&text, "LINK:     %s\nSERVER:   %s\n\nSUMMARY:\n%s\n", w.Link, w.Server, indent(out, w.Summary))
	section := func(title string, lines []string) {
		fmt.Fprintf(&text, "\n%s:\n", title)
		for _, line := range lines {
			if line = terminal.OneLine(line); strings.HasPrefix(line, "kubectl ") {
				text.WriteString("    " + line + "\n") // to be pasted: in one piece
			} else {
				text.WriteString(indent(out, line) + "\n")
			}
		}
	}
	section("IDENTITY", w.Identity)
	section("PERMISSIONS", permissionsText(w))
	var validity []string
	for _, line := range w.Credentials {
		validity = append(validity, validityText(line))
	}
	section("LIFETIME", append(validity, w.Expiry...))
	section("EXPOSURE", w.Exposure)
	section("REVOCATION", w.Revocation)
	return text.String()
}

func permissionsText(w reader.Explanation) []string {
	var lines []string
	if w.GrantedBy != "" {
		lines = append(lines, "granted by "+w.GrantedBy)
	}
	for _, r := range w.Permissions {
		lines = append(lines, permissionText(r))
	}
	if lines == nil {
		return []string{"none: the reader is revoked"}
	}
	return lines
}

func permissionText(r access.Permission) string {
	resource := r.Resource
	if r.Group != "" {
		resource += "." + r.Group
	}
	text := strings.Join(r.Verbs, ", ") + " " + resource
	if r.Names != nil {
		text += " " + strings.Join(r.Names, ", ")
	}
	if r.Namespace != "" {
		return text + " in namespace " + r.Namespace
	}
	return text + " everywhere"
}

// validityText describes the validity of a credential.
func validityText(l reader.Line) string {
	facts := []string{fmt.Sprintf("generation %d", l.Generation)}
	switch {
	case l.State == reader.StateElsewhere || l.State == reader.StateMissing:
		facts = append(facts, "not here")
	case l.State == reader.StateRevoked || l.State == reader.StateRefused:
		facts = append(facts, l.State)
	case l.NeverExpires:
		facts = append(facts, "it never expires")
	case l.Expires != nil && l.State == reader.StateExpired:
		facts = append(facts, "it expired at "+l.Expires.Format(time.RFC3339))
	case l.Expires != nil:
		facts = append(facts, "it expires at "+l.Expires.Format(time.RFC3339))
	}
	for _, fact := range []string{l.Fingerprint, l.Reason} {
		if fact != "" {
			facts = append(facts, fact)
		}
	}
	return strings.Join(facts, ": ")
}

// LinkLine is a link with a credential: its consumer and target.
type LinkLine struct {
	Link     string `json:"link"`
	Consumer string `json:"consumer"`
	Target   string `json:"target"`
	Auth     string `json:"auth"`
}

// NewLinkLines returns all links of a workspace with a credential.
func NewLinkLines(ws *workspace.Workspace) ([]LinkLine, error) {
	lines := []LinkLine{}
	for _, pair := range ws.Pairs() {
		target, err := ws.Graph.Get(pair.Target)
		if err != nil {
			return nil, err
		}
		lines = append(lines, LinkLine{
			Link: ws.LinkName(pair), Consumer: pair.Consumer, Target: pair.Target, Auth: string(target.Reader.Auth),
		})
	}
	return lines, nil
}

// LinkLines prints a table of links, or data if a format is specified.
func LinkLines(w io.Writer, format string, lines []LinkLine) error {
	if format != "" {
		return Data(w, format, linkList{APIVersion: summary.APIVersion, Kind: "LinkList", Links: lines})
	}
	if len(lines) == 0 {
		return nil
	}
	table := newTable(terminal.LookOf(w), 3, "LINK", "CONSUMER", "TARGET", "AUTH")
	for _, l := range lines {
		table.row(l.Link, l.Consumer, l.Target, l.Auth)
	}
	_, err := io.WriteString(w, table.String())
	return err
}

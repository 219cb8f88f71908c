package render

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/firewall"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// Tables for operators of other firewalls.

// tableFiles list all traffic that must be allowed.
func (in Input) tableFiles(firewall.Plan) ([]layout.File, error) {
	settings := in.Mesh.Spec.Firewall
	var files []layout.File
	if settings.Renders(v1alpha1.FirewallCSV) {
		text, err := csvTable(in.table())
		if err != nil {
			return nil, err
		}
		files = append(files, layout.File{Path: layout.FirewallCSV, Content: text})
	}
	if settings.Renders(v1alpha1.FirewallMarkdown) {
		files = append(files, layout.File{Path: layout.FirewallTable, Content: in.markdownTable()})
	}
	return files, nil
}

// table returns a heading, and a row for each connection.
func (in Input) table() [][]string {
	rows := [][]string{{"from", "to", "purpose", "sources", "destinations", "protocols and ports"}}
	for _, flow := range firewall.Flows(in.Mesh, in.Graph) {
		var sources []string
		for _, source := range flow.Sources {
			sources = append(sources, source.String())
		}
		rows = append(rows, []string{
			flow.From,
			flow.To,
			purpose(flow),
			listed(sources),
			listed(flow.Destinations),
			allowed(flow),
		})
	}
	return rows
}

func purpose(flow firewall.Flow) string {
	switch flow.Kind {
	case firewall.KindPods:
		return "calls from pod to pod"
	case firewall.KindGateways:
		return "calls to the east-west gateway"
	case firewall.KindIstiod:
		return "connections to istiod, through the east-west gateway"
	case firewall.KindWebhook:
		return "API server to the injection webhook"
	case firewall.KindAPI:
		return "istiod to the API server"
	}
	return string(flow.Kind)
}

// listed avoids an empty cell, which could be read as any source.
func listed(values []string) string {
	if len(values) == 0 {
		return "not in mesh.yaml"
	}
	return strings.Join(values, " ")
}

func allowed(flow firewall.Flow) string {
	var all []string
	for _, allow := range flow.Allow {
		all = append(all, strings.ReplaceAll(allow.String(), ",", " "))
	}
	text := strings.Join(all, " ")
	if flow.NodePorts {
		text = "the node ports of " + text
	}
	return text
}

func csvTable(rows [][]string) ([]byte, error) {
	var text bytes.Buffer
	if err := csv.NewWriter(&text).WriteAll(rows); err != nil {
		return nil, fmt.Errorf("write table: %w", err)
	}
	return text.Bytes(), nil
}

func (in Input) markdownTable() []byte {
	var text bytes.Buffer
	text.WriteString("<!-- Rendered by kubectl mesh. Change mesh.yaml, not this file. -->\n\n" +
		"# What mesh " + in.Mesh.Metadata.Name + " requires of firewalls\n\n" +
		"A protocol without ports means all ports.\n\n")
	for i, row := range in.table() {
		text.WriteString("| " + strings.Join(row, " | ") + " |\n")
		if i == 0 {
			text.WriteString("|" + strings.Repeat(" --- |", len(row)) + "\n")
		}
	}
	return text.Bytes()
}

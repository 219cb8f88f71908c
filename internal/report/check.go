package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/check"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

// Check is one run of check, to be printed.
type Check struct {
	Graph   *topology.Graph
	Results []check.Result
	Callers []check.Caller
	// Handshakes with gateways; nil: none was made.
	Handshakes *check.Handshakes
	// Offline: no cluster was asked, so there is no matrix.
	Offline bool
}

// Print prints a run as json, as junit or, where the format is empty, for people.
func (c Check) Print(w io.Writer, format string) error {
	for i := range c.Results {
		c.Results[i].Reason, c.Results[i].Hint = terminal.Plain(c.Results[i].Reason), terminal.Plain(c.Results[i].Hint)
	}
	for i := range c.Callers {
		c.Callers[i].Unmeasured = terminal.Plain(c.Callers[i].Unmeasured)
	}
	switch format {
	case "json":
		return c.printJSON(w)
	case "junit":
		return c.printJUnit(w)
	}
	return c.printText(w)
}

func (c Check) printJSON(w io.Writer) error {
	return Data(w, "json", struct {
		// Healthy: everything was verified, and nothing has failed.
		Healthy bool `json:"healthy"`
		// Verified: nothing is unknown.
		Verified bool           `json:"verified"`
		Counts   map[string]int `json:"counts"`
		Results  []check.Result `json:"results"`
		Matrix   check.Matrix   `json:"matrix"`
		Calls    []check.Caller `json:"calls,omitempty"`
		// Handshakes are left out when none was asked for.
		Handshakes []shaken `json:"handshakes,omitempty"`
	}{
		Healthy:    !check.Failed(c.Results) && check.Verified(c.Results),
		Verified:   check.Verified(c.Results),
		Counts:     counts(c.Results),
		Results:    c.Results,
		Matrix:     check.NewMatrix(c.Graph, c.Results),
		Calls:      c.Callers,
		Handshakes: newHandshakes(c.Graph.Names(), c.Handshakes),
	})
}

func counts(results []check.Result) map[string]int {
	counted := map[string]int{}
	for _, status := range []check.Status{check.StatusOK, check.StatusWarning, check.StatusFailed, check.StatusUnknown} {
		counted[string(status)] = 0
	}
	for _, result := range results {
		counted[string(result.Status)]++
	}
	return counted
}

// printText prints for people: what is not ok, the matrix, and a line that counts.
func (c Check) printText(w io.Writer) error {
	var text strings.Builder
	for _, group := range grouped(c.Results) {
		fmt.Fprintf(&text, "%s: %s%s [%s]\n", group.Status, about(group), terminal.OneLine(group.Reason), group.ID)
		terminal.Hint(&text, group.Hint)
	}
	if text.Len() > 0 {
		text.WriteString("\n")
	}
	if !c.Offline {
		writeMatrix(&text, check.NewMatrix(c.Graph, c.Results))
	}
	writeCalls(&text, c.Graph.Names(), c.Callers)
	writeHandshakes(&text, newHandshakes(c.Graph.Names(), c.Handshakes))
	counted := counts(c.Results)
	fmt.Fprintf(&text, "%s: %d ok, %d failed, %d with a warning, %d unknown\n", terminal.Count(len(c.Results), "check"),
		counted["ok"], counted["failed"], counted["warning"], counted["unknown"])
	if len(c.Callers) == 0 && c.Handshakes.Count() == 0 {
		text.WriteString("no packet was sent through the mesh: --handshake asks the gateways, --sample calls from every cluster\n")
	}
	_, err := io.WriteString(w, text.String())
	return err
}

// grouped leaves out what is ok, and puts links of one cluster of which the same is to be said
// into one result with several peers.
func grouped(results []check.Result) []check.Result {
	type key struct{ id, cluster, reason string }
	index := map[key]int{}
	var groups []check.Result
	for _, result := range results {
		k := key{id: result.ID, cluster: result.Cluster, reason: result.Reason}
		at, known := index[k]
		switch {
		case result.Status == check.StatusOK:
		case known && result.Peer != "":
			groups[at].Peer += ", " + result.Peer
		default:
			index[k] = len(groups)
			groups = append(groups, result)
		}
	}
	return groups
}

// about names the subject of a result.
func about(result check.Result) string {
	switch {
	case result.Peer != "":
		return result.Cluster + " -> " + result.Peer + ": "
	case result.Cluster != "":
		return result.Cluster + ": "
	}
	return ""
}

// writeMatrix writes a row for each cluster that reads, and a column for each that is read.
func writeMatrix(text *strings.Builder, matrix check.Matrix) {
	table := newTable(2, append([]string{"READS"}, matrix.Clusters...)...)
	for i, row := range matrix.Rows {
		cells := []string{matrix.Clusters[i]}
		for _, cell := range row {
			cells = append(cells, string(cell))
		}
		table.row(cells...)
	}
	text.WriteString(table.String() + "\n")
}

// writeCalls writes a row for each cluster that has called, and a column for each that answers.
func writeCalls(text *strings.Builder, names []string, callers []check.Caller) {
	if len(callers) == 0 {
		return
	}
	table := newTable(2, append([]string{"CALLS"}, names...)...)
	for _, caller := range callers {
		cells := []string{caller.Cluster}
		for _, name := range names {
			cells = append(cells, callsCell(caller, name))
		}
		table.row(cells...)
	}
	text.WriteString(table.String() + "\n")
}

// callsCell is what one cluster has answered another.
func callsCell(caller check.Caller, name string) string {
	for _, answer := range caller.Answers {
		switch {
		case answer.Cluster != name:
		case answer.Count == 0:
			return "0"
		case answer.Measured:
			return fmt.Sprintf("%d %s", answer.Count, answer.Way)
		default:
			return fmt.Sprintf("%d %s?", answer.Count, answer.Way)
		}
	}
	return "-"
}

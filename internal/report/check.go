package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/check"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

// noPacket states what no check has done.
const noPacket = "no traffic was sent through the mesh; --handshake tests the gateways, --sample calls between clusters"

// filesCheck is the check that repeats findings.
const filesCheck = "CHECK001"

// Check is a run of check to print.
type Check struct {
	Graph   *topology.Graph
	Results []check.Result
	Callers []check.Caller
	// Handshakes with gateways; nil if none were made.
	Handshakes *check.Handshakes
	// Problems are the findings in Filename and its files. Text counts those that are not errors.
	Problems []mesh.Problem
	Filename string
	// Offline is set if no cluster was queried, so that there is no matrix.
	Offline bool
}

// Print prints a run as json, yaml, junit or, if the format is empty, as text.
func (c Check) Print(w io.Writer, format string) error {
	for i := range c.Results {
		c.Results[i].Reason, c.Results[i].Hint = terminal.Plain(c.Results[i].Reason), terminal.Plain(c.Results[i].Hint)
	}
	for i := range c.Callers {
		c.Callers[i].Unmeasured = terminal.Plain(c.Callers[i].Unmeasured)
	}
	switch format {
	case "json", "yaml":
		return c.printData(w, format)
	case "junit":
		return c.printJUnit(w)
	}
	return c.printText(w)
}

func (c Check) printData(w io.Writer, format string) error {
	return Document(w, format, "CheckReport", struct {
		// Healthy is set if everything was verified and nothing failed.
		Healthy bool `json:"healthy"`
		// Verified is set if nothing is unknown.
		Verified bool           `json:"verified"`
		Counts   map[string]int `json:"counts"`
		Results  []check.Result `json:"results"`
		Matrix   check.Matrix   `json:"matrix"`
		Calls    []check.Caller `json:"calls,omitempty"`
		// Handshakes are omitted if none were requested.
		Handshakes []handshakeResult `json:"handshakes,omitempty"`
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

// printText prints what is not ok, the matrix, and a summary line.
func (c Check) printText(w io.Writer) error {
	var text strings.Builder
	look := terminal.LookOf(w)
	for _, group := range worstFirst(grouped(c.withoutFindings())) {
		what := fmt.Sprintf("%s%s [%s]", about(group), terminal.OneLine(group.Reason), group.ID)
		text.WriteString(look.Labelled(terminal.ToneOf(string(group.Status)), string(group.Status)+": ", what) + "\n")
		look.Advise(&text, group.Hint)
	}
	if text.Len() > 0 {
		text.WriteString("\n")
	}
	if !c.Offline {
		writeMatrix(&text, look, check.NewMatrix(c.Graph, c.Results))
	}
	writeCalls(&text, look, c.Graph.Names(), c.Callers)
	writeHandshakes(&text, look, newHandshakes(c.Graph.Names(), c.Handshakes))
	counted := counts(c.Results)
	tally := func(tone terminal.Tone, status, what string) string {
		part := fmt.Sprintf("%d %s", counted[status], what)
		if counted[status] == 0 {
			return part
		}
		return look.Paint(tone, part)
	}
	warnings := "warnings"
	if counted["warning"] == 1 {
		warnings = "warning"
	}
	fmt.Fprintf(&text, "%s: %s, %s, %s, %s\n", terminal.Count(len(c.Results), "check"), tally(terminal.Good, "ok", "ok"),
		tally(terminal.Bad, "failed", "failed"), tally(terminal.Caution, "warning", warnings),
		tally(terminal.Open, "unknown", "unknown"))
	if len(c.Callers) == 0 && c.Handshakes.Count() == 0 {
		text.WriteString(look.Fold(noPacket, 2) + "\n")
	}
	_, err := io.WriteString(w, text.String())
	return err
}

// withoutFindings merges the findings of each severity that is no error into one result: validate lists them.
func (c Check) withoutFindings() []check.Result {
	results := []check.Result{}
	for status, severity := range map[check.Status]mesh.Severity{
		check.StatusUnknown: mesh.SeverityIncomplete, check.StatusWarning: mesh.SeverityWarning,
	} {
		of := slices.DeleteFunc(slices.Clone(c.Problems), func(p mesh.Problem) bool { return p.Severity != severity })
		if line := terminal.CountLine(of); line != "" {
			results = append(results, check.Result{
				ID: filesCheck, Status: status, Reason: line + " in the files", Hint: workspace.Validate(c.Filename),
			})
		}
	}
	for _, result := range c.Results {
		isCounted := result.Status == check.StatusUnknown || result.Status == check.StatusWarning
		if len(c.Problems) == 0 || result.ID != filesCheck || !isCounted {
			results = append(results, result)
		}
	}
	return results
}

// grouped omits what is ok, and merges links of a cluster with the same result into one with several peers.
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

// worstFirst sorts results: failed, unknown, warning.
func worstFirst(results []check.Result) []check.Result {
	order := []check.Status{check.StatusFailed, check.StatusUnknown, check.StatusWarning}
	slices.SortStableFunc(results, func(a, b check.Result) int {
		return cmp.Compare(slices.Index(order, a.Status), slices.Index(order, b.Status))
	})
	return results
}

// about formats the subject of a result.
func about(result check.Result) string {
	switch {
	case result.Peer != "":
		return result.Cluster + " -> " + result.Peer + ": "
	case result.Cluster != "":
		return result.Cluster + ": "
	}
	return ""
}

// writeMatrix writes a row for each consumer, and a column for each target.
func writeMatrix(text *strings.Builder, look terminal.Look, matrix check.Matrix) {
	table := newMatrix(look, "CONSUMER", matrix.Clusters)
	for i, row := range matrix.Rows {
		cells := []string{matrix.Clusters[i]}
		for _, cell := range row {
			cells = append(cells, string(cell))
		}
		table.row(cells...)
	}
	text.WriteString(table.String() + "\n")
}

// writeCalls writes a row for each calling cluster, and a column for each that answered.
func writeCalls(text *strings.Builder, look terminal.Look, names []string, callers []check.Caller) {
	if len(callers) == 0 {
		return
	}
	table := newMatrix(look, "CALLS", names)
	for _, caller := range callers {
		cells := []string{caller.Cluster}
		for _, name := range names {
			cells = append(cells, callsCell(caller, name))
		}
		table.row(cells...)
	}
	text.WriteString(table.String() + "\n")
}

// callsCell describes how a cluster answered another.
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

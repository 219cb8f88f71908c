package cli

import (
	"encoding/xml"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/check"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

// checkPrinter prints one run of check.
type checkPrinter struct {
	System
	graph        *topology.Graph
	format       string
	filenameFlag string
	// offline: no cluster was asked; sample: the sample was to be called; strict: what is unknown has failed.
	offline, sample, strict bool
}

// outcome decides what a run is worth.
func (r checkPrinter) outcome(in check.Input, results []check.Result, callers []check.Caller) error {
	unknown := slices.ContainsFunc(results, func(r check.Result) bool { return r.Status == check.StatusUnknown })
	if check.Failed(results) || unknown && r.strict {
		return errUnhealthy
	}
	reached := r.offline
	for _, facts := range in.Facts {
		reached = reached || facts.Unseen == ""
	}
	switch {
	case reached && r.sample && callers == nil:
		return hint.Add(errors.New("no cluster could call the sample"), "bring it to the clusters: "+in.Commands.Sample)
	case reached:
		return verdict.IncompleteIf(unknown)
	}
	return hint.Add(errors.New("no cluster could be reached"), "to check the files only: kubectl mesh check --offline"+r.filenameFlag)
}

func (r checkPrinter) print(results []check.Result, callers []check.Caller) error {
	for i := range results {
		results[i].Reason, results[i].Remedy = terminal.Plain(results[i].Reason), terminal.Plain(results[i].Remedy)
	}
	for i := range callers {
		callers[i].Unmeasured = terminal.Plain(callers[i].Unmeasured)
	}
	switch r.format {
	case "json":
		return printData(r.Out, "json", struct {
			Healthy bool           `json:"healthy"`
			Counts  map[string]int `json:"counts"`
			Results []check.Result `json:"results"`
			Matrix  check.Matrix   `json:"matrix"`
			Calls   []check.Caller `json:"calls,omitempty"`
		}{!check.Failed(results), counts(results), results, check.NewMatrix(r.graph, results), callers})
	case "junit":
		return r.printJUnit(results)
	}
	return r.printText(results, callers)
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
func (r checkPrinter) printText(results []check.Result, callers []check.Caller) error {
	var text strings.Builder
	for _, group := range grouped(results) {
		fmt.Fprintf(&text, "%s: %s%s [%s]\n", group.Status, about(group), terminal.OneLine(group.Reason), group.ID)
		terminal.Hint(&text, group.Remedy)
	}
	if text.Len() > 0 {
		text.WriteString("\n")
	}
	if !r.offline {
		writeMatrix(&text, check.NewMatrix(r.graph, results))
	}
	writeCalls(&text, r.graph.Names(), callers)
	counted := counts(results)
	fmt.Fprintf(&text, "%s: %d ok, %d failed, %d with a warning, %d unknown\n", terminal.Count(len(results), "check"),
		counted["ok"], counted["failed"], counted["warning"], counted["unknown"])
	_, err := r.Out.Write([]byte(text.String()))
	return err
}

// grouped leaves out what is ok, and puts links of one cluster of which the same is to be said
// into one result with several peers.
func grouped(results []check.Result) []check.Result {
	type key struct{ id, cluster, reason string }
	index := map[key]int{}
	var groups []check.Result
	for _, result := range results {
		k := key{result.ID, result.Cluster, result.Reason}
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

func writeMatrix(text *strings.Builder, matrix check.Matrix) {
	table := tabwriter.NewWriter(text, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "READS\t"+strings.Join(matrix.Clusters, "\t")) // into memory
	for i, row := range matrix.Rows {
		cells := []string{matrix.Clusters[i]}
		for _, cell := range row {
			cells = append(cells, string(cell))
		}
		_, _ = fmt.Fprintln(table, strings.Join(cells, "\t"))
	}
	_ = table.Flush()
	text.WriteString("\n")
}

// junitCase is one check of one subject. What could not be seen is skipped.
type junitCase struct {
	Class   string     `xml:"classname,attr"`
	Name    string     `xml:"name,attr"`
	Failure *junitText `xml:"failure,omitempty"`
	Skipped *junitText `xml:"skipped,omitempty"`
	Out     string     `xml:"system-out,omitempty"`
}

type junitText struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

func (r checkPrinter) printJUnit(results []check.Result) error {
	counted := counts(results)
	suite := struct {
		XMLName  xml.Name    `xml:"testsuite"`
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Cases    []junitCase `xml:"testcase"`
	}{Name: "kubectl mesh check", Tests: len(results), Failures: counted["failed"], Skipped: counted["unknown"]}
	for _, result := range results {
		test := junitCase{Class: "mesh", Name: about(result) + result.ID + " " + result.Title}
		if result.Cluster != "" {
			test.Class += "." + result.Cluster
		}
		told := &junitText{Message: result.Reason, Text: result.Remedy}
		switch result.Status {
		case check.StatusOK:
			test.Out = result.Reason
		case check.StatusFailed:
			test.Failure = told
		case check.StatusUnknown:
			test.Skipped = told
		case check.StatusWarning:
			test.Out = "warning: " + result.Reason + "\n" + result.Remedy
		}
		suite.Cases = append(suite.Cases, test)
	}
	text, err := xml.MarshalIndent(suite, "", "  ")
	if err != nil {
		return fmt.Errorf("encode output: %w", err)
	}
	_, err = fmt.Fprintf(r.Out, "%s%s\n", xml.Header, text)
	return err
}

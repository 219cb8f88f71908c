package cli

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"k8s.io/client-go/rest"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/check"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// samples is how the sample is called from a cluster; nil: it is not.
func (r *checkRun) samples(config *rest.Config, client *cluster.Client) *check.Calls {
	if !r.sample {
		return nil
	}
	return &check.Calls{
		Host: render.SampleHost(r.ws.doc.Mesh.Spec.Discovery), Count: r.calls, Patience: r.podTimeout(), Workload: client.Workload,
		Run: func(ctx context.Context, command cluster.Command, stdout, stderr io.Writer) (int, error) {
			executor, err := cluster.OpenExecutor(config)
			if err != nil {
				return 0, err
			}
			return executor.Run(ctx, command, stdout, stderr)
		},
	}
}

// writeCalls writes a row for each cluster that has called, and a column for each that answers.
func writeCalls(text *strings.Builder, names []string, callers []check.Caller) {
	if len(callers) == 0 {
		return
	}
	table := tabwriter.NewWriter(text, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "CALLS\t"+strings.Join(names, "\t")) // into memory
	for _, caller := range callers {
		cells := []string{caller.Cluster}
		for _, name := range names {
			cells = append(cells, callsCell(caller, name))
		}
		_, _ = fmt.Fprintln(table, strings.Join(cells, "\t"))
	}
	_ = table.Flush()
	text.WriteString("\n")
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

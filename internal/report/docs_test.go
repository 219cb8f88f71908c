package report

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/exchange"
	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/check"
)

// TestReceiptsDocs: docs/air-gap.md shows the matrix that is printed.
func TestReceiptsDocs(t *testing.T) {
	var out strings.Builder
	matrix := exchange.Matrix{Cells: []exchange.MatrixCell{
		{Consumer: "east", Target: "west", State: "ok", Site: "here"},
		{Consumer: "west", Target: "east", State: "ok", Site: "north", Age: 26 * time.Hour},
	}}
	if err := Receipts(&out, "", matrix); err != nil {
		t.Fatal(err)
	}
	wantShown(t, "air-gap.md", out.String())
}

// TestCallsDocs: docs/apply.md shows the matrix that check --sample prints.
func TestCallsDocs(t *testing.T) {
	names := []string{"east", "north", "west"}
	var callers []check.Caller
	for i, counts := range [][]int{{7, 6, 7}, {7, 7, 6}, {6, 7, 7}} {
		caller := check.Caller{Cluster: names[i]}
		for j, count := range counts {
			way := check.WayDirect
			if (names[i] == "west") != (names[j] == "west") { // a network of its own
				way = check.WayGateway
			}
			caller.Answers = append(caller.Answers, check.Answer{Cluster: names[j], Count: count, Way: way, Measured: true})
		}
		callers = append(callers, caller)
	}
	var out strings.Builder
	writeCalls(&out, terminal.LookOf(&out), names, callers)
	wantShown(t, "apply.md", strings.TrimSuffix(out.String(), "\n"))
}

// wantShown wants a page to show an output in a block of its own.
func wantShown(t *testing.T, page, output string) {
	t.Helper()
	text, err := os.ReadFile("../../docs/" + page)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), "\n```\n"+output+"```\n") {
		t.Errorf("docs/%s does not show\n%s", page, output)
	}
}

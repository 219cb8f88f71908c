package report

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/exchange"
)

// TestReceiptsDocs: docs/air-gap.md shows the matrix that is printed.
func TestReceiptsDocs(t *testing.T) {
	page, err := os.ReadFile("../../docs/air-gap.md")
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	matrix := exchange.Matrix{Cells: []exchange.MatrixCell{
		{Consumer: "east", Target: "west", State: "ok", Site: "here"},
		{Consumer: "west", Target: "east", State: "ok", Site: "north", Age: 26 * time.Hour},
	}}
	if err := Receipts(&out, "", matrix); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(page), "\n```\n"+out.String()+"```\n") {
		t.Errorf("docs/air-gap.md does not show this matrix:\n%s", out.String())
	}
}

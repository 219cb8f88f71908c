package report

import (
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
)

// TestTable: what it looks like in a pipe, where it fits, where a column is folded, and where words are too long.
func TestTable(t *testing.T) {
	made := func(columns int) string {
		table := newTable(terminal.Look{Columns: columns}, 2, "CLUSTER", "STATE", "REASON")
		table.row("east", "ok", "it was verified a moment ago")
		table.row("west", "unknown", "")
		return table.String()
	}
	wide := "CLUSTER  STATE    REASON\neast     ok       it was verified a moment ago\nwest     unknown"
	for _, test := range []struct {
		columns int
		want    string
	}{
		{0, wide + "  \n"},
		{46, wide + "\n"},
		{34, "CLUSTER  STATE    REASON\neast     ok       it was verified\n                  a moment ago\nwest     unknown\n"},
		{20, "CLUSTER  east\nSTATE    ok\nREASON   it was\n         verified a\n         moment ago\n\nCLUSTER  west\nSTATE    unknown\nREASON   \n\n"},
	} {
		if got := made(test.columns); got != test.want {
			t.Errorf("%d columns: got\n%s\nwant\n%s", test.columns, got, test.want)
		}
	}
}

// TestMatrix goes on below where there are more columns than fit.
func TestMatrix(t *testing.T) {
	table := newMatrix(terminal.Look{Columns: 20}, "READS", []string{"east", "north", "west"})
	table.row("east", "-", "ok", "?")
	want := "READS  east  north\neast   -     ok\n\nREADS  west\neast   ?\n"
	if got := table.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestTableColours: states are coloured and names are not, in a pipe too if it is asked for.
func TestTableColours(t *testing.T) {
	table := newTable(terminal.Look{Colour: true}, 2, "CLUSTER", "STATE")
	table.row("failed", "ok")
	table.row("a\x1b[31m", "failed")
	want := "\x1b[1mCLUSTER\x1b[22m    \x1b[1mSTATE\x1b[22m\nfailed     \x1b[32mok\x1b[0m\na\\x1b[31m  \x1b[1;31mfailed\x1b[22;0m\n"
	if got := table.String(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

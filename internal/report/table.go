package report

import (
	"cmp"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
)

// table aligns columns within the width of a terminal.
type table struct {
	look    terminal.Look
	padding int
	rows    [][]string // the first one is the header
	// isMatrix is set if all columns but the first are of one kind, and continue below if there are too many.
	isMatrix bool
	// isList is set if rows and header are a name and a text.
	isList bool
}

// newTable returns a table with a padding between columns.
func newTable(look terminal.Look, padding int, header ...string) *table {
	t := &table{look: look, padding: padding}
	t.row(header...)
	return t
}

// newMatrix returns a table with a column for each name.
func newMatrix(look terminal.Look, corner string, names []string) *table {
	t := newTable(look, 2, append([]string{corner}, names...)...)
	t.isMatrix = true
	return t
}

func (t *table) row(cells ...string) {
	row := make([]string, len(cells))
	for i, cell := range cells {
		row[i] = terminal.OneLine(cell)
	}
	t.rows = append(t.rows, row)
}

func (t *table) String() string {
	widths := t.widths()
	switch free := t.look.Columns - t.total(widths); {
	case t.look.Columns == 0 && !t.look.Colour:
		return t.aligned()
	case free >= 0 || t.look.Columns == 0:
	case t.isList:
		widths[1] = max(t.look.Columns-widths[0]-t.padding, 1)
	case t.isMatrix:
		return t.parts(widths)
	case !t.shrink(widths):
		return t.records()
	}
	return t.grid(t.rows, widths)
}

// aligned is the table without a known width, as in a pipe.
func (t *table) aligned() string {
	var text strings.Builder
	rows := tabwriter.NewWriter(&text, 0, 0, t.padding, ' ', 0)
	for _, row := range t.rows {
		_, _ = io.WriteString(rows, strings.Join(row, "\t")+"\n") // a buffer never fails
	}
	_ = rows.Flush() // into the buffer too
	return text.String()
}

func (t *table) widths() []int {
	widths := make([]int, len(t.rows[0]))
	for _, row := range t.rows {
		for i, cell := range row {
			widths[i] = max(widths[i], terminal.Width(cell))
		}
	}
	return widths
}

func (t *table) total(widths []int) int {
	total := t.padding * (len(widths) - 1)
	for _, width := range widths {
		total += width
	}
	return total
}

// shrink narrows the widest columns until the table fits, down to their longest words.
func (t *table) shrink(widths []int) bool {
	least := make([]int, len(widths))
	for _, row := range t.rows {
		for i, cell := range row {
			for _, word := range strings.Fields(cell) {
				least[i] = max(least[i], terminal.Width(word))
			}
		}
	}
	if t.total(least) > t.look.Columns {
		return false
	}
	for t.total(widths) > t.look.Columns {
		widest := -1
		for i := range widths {
			if widths[i] > least[i] && (widest < 0 || widths[i] > widths[widest]) {
				widest = i
			}
		}
		widths[widest]--
	}
	return true
}

// grid wraps each cell to its column.
func (t *table) grid(rows [][]string, widths []int) string {
	var text strings.Builder
	for at, row := range rows {
		cells := make([][]string, len(row))
		height := 1
		for i, cell := range row {
			cells[i] = terminal.FoldTo(widths[i], cell, 0)
			height = max(height, len(cells[i]))
		}
		for line := range height {
			var out strings.Builder
			column := 0
			for i := range row {
				if line < len(cells[i]) && cells[i][line] != "" {
					out.WriteString(strings.Repeat(" ", column) + t.look.Paint(toneAt(at, i, row[i]), cells[i][line]))
					column = -terminal.Width(cells[i][line])
				}
				column += widths[i] + t.padding
			}
			text.WriteString(out.String() + "\n")
		}
	}
	return text.String()
}

// toneAt returns a cell's tone: the names in the first column are neutral.
func toneAt(row, column int, cell string) terminal.Tone {
	switch {
	case row == 0:
		return terminal.Strong
	case column == 0:
		return terminal.Even
	}
	return terminal.ToneOf(cell)
}

// parts splits a matrix into tables that fit, each with the row names.
func (t *table) parts(widths []int) string {
	var text strings.Builder
	for from := 1; from < len(widths); {
		to := from + 1
		for to < len(widths) && t.total(slices.Concat(widths[:1], widths[from:to+1])) <= t.look.Columns {
			to++
		}
		var rows [][]string
		for _, row := range t.rows {
			rows = append(rows, slices.Concat(row[:1], row[from:to]))
		}
		if from > 1 {
			text.WriteString("\n")
		}
		text.WriteString(t.grid(rows, slices.Concat(widths[:1], widths[from:to])))
		from = to
	}
	return text.String()
}

// records prints a paragraph per row if words are too long for columns.
func (t *table) records() string {
	var text strings.Builder
	label := 0
	for _, header := range t.rows[0] {
		label = max(label, terminal.Width(header)+t.padding)
	}
	for at, row := range t.rows[1:] {
		for i, cell := range row {
			header := t.rows[0][i]
			lines := terminal.FoldTo(t.look.Columns-label, cell, 0)
			for line, part := range lines {
				name := map[bool]string{true: header}[line == 0]
				blank := strings.Repeat(" ", label-terminal.Width(name))
				text.WriteString(t.look.Paint(terminal.Strong, name) + blank + t.look.Paint(toneAt(at+1, i, cell), part) + "\n")
			}
		}
		text.WriteString("\n")
	}
	return text.String()
}

// columnsOr returns the width of a terminal, within a readable range, or otherwise the preset.
func columnsOr(look terminal.Look, preset int) int {
	const mostReadable = 120
	return min(cmp.Or(look.Columns, preset), mostReadable)
}

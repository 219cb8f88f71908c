package check

import "github.com/kubectl-mesh/kubectl-mesh/pkg/topology"

// Cell is what is to be said of one control plane and one cluster.
type Cell string

// The cells. None: the two are not linked, or it was not asked.
const (
	CellOK      Cell = "ok"
	CellFailed  Cell = "FAIL"
	CellUnknown Cell = "?"
	CellNone    Cell = "-"
)

// Matrix has a row for each cluster that reads and a column for each that is read.
type Matrix struct {
	Clusters []string `json:"clusters"`
	Rows     [][]Cell `json:"rows"`
}

// NewMatrix sums up the results of links. A failure outweighs what could not be seen, and that
// what is ok; a warning is ok.
func NewMatrix(graph *topology.Graph, results []Result) Matrix {
	m := Matrix{Clusters: graph.Names()}
	index := map[string]int{}
	for i, name := range m.Clusters {
		index[name] = i
		row := make([]Cell, len(m.Clusters))
		for j := range row {
			row[j] = CellNone
		}
		m.Rows = append(m.Rows, row)
	}
	for _, result := range results {
		if result.Peer != "" {
			cell := &m.Rows[index[result.Cluster]][index[result.Peer]]
			*cell = worse(*cell, result.Status)
		}
	}
	return m
}

func worse(cell Cell, status Status) Cell {
	switch {
	case cell == CellFailed || status == StatusFailed:
		return CellFailed
	case cell == CellUnknown || status == StatusUnknown:
		return CellUnknown
	}
	return CellOK
}

package check

import "github.com/kubectl-mesh/kubectl-mesh/pkg/topology"

// Cell summarizes one control plane and one cluster.
type Cell string

// Cells. None: the two are not linked, or were not checked.
const (
	CellOK      Cell = "ok"
	CellFailed  Cell = "FAIL"
	CellUnknown Cell = "?"
	CellNone    Cell = "-"
)

// Matrix has a row for each consumer and a column for each target.
type Matrix struct {
	Clusters []string `json:"clusters"`
	Rows     [][]Cell `json:"rows"`
}

// NewMatrix summarizes the results of links. Failed takes precedence over unknown, and unknown over ok; a warning is
// ok.
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

package report_test

import (
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/internal/report"
	"github.com/kubectl-mesh/kubectl-mesh/internal/status"
)

// TestStatusOfCredentials: a credential that an apply fetches is not ready: the target may not have issued it yet.
func TestStatusOfCredentials(t *testing.T) {
	for want, states := range map[string][]status.State{
		"-":                                  {status.Revoked},
		"1 of 1 ready":                       {status.OK},
		"1 of 2 ready":                       {status.OK, status.Missing},
		"2 of 2 ready":                       {status.OK, status.Elsewhere},
		"1 fetched by --apply":               {status.InCluster},
		"1 of 3 ready, 1 fetched by --apply": {status.InCluster, status.OK, status.Expired},
		"0 of 1 ready":                       {status.Missing},
		"1 unknown":                          {status.Unknown},
		"1 of 2 ready, 1 unknown":            {status.OK, status.Unknown},
		"1 fetched by --apply, 1 unknown":    {status.InCluster, status.Unknown},
	} {
		r := status.Report{Mesh: "shop", Clusters: []status.Cluster{{Name: "east", Here: true}}}
		for _, state := range states {
			r.Links = append(r.Links, status.Link{Consumer: "east", Target: "west", State: state})
		}
		if row := "east     here  none   -            " + want + "\n"; !strings.Contains(statusOf(t, r), row) {
			t.Errorf("%v: want %q in:\n%s", states, row, statusOf(t, r))
		}
	}
}

// TestStatusOfTree: a tree in which files are held back is not simply current.
func TestStatusOfTree(t *testing.T) {
	committed := true
	for want, tree := range map[string]status.Tree{
		"current, committed": {State: status.OK, Committed: &committed},
		"current, 2 held back for missing inputs, committed": {State: status.OK, HeldBack: 2, Committed: &committed},
		"3 files not current; not committed: deploy":         {State: status.Stale, Differences: 3, Committed: new(bool), Uncommitted: []string{"deploy"}},
		"not rendered yet, 1 held back for missing inputs":   {State: status.Missing, HeldBack: 1},
		"not rendered yet":   {State: status.Missing, Committed: &committed},
		"cannot be rendered": {State: status.Unrendered},
	} {
		tree.Dir = "deploy"
		if line := "tree      deploy: " + want + "\n"; !strings.Contains(statusOf(t, status.Report{Mesh: "shop", Tree: tree}), line) {
			t.Errorf("want %q in:\n%s", line, statusOf(t, status.Report{Mesh: "shop", Tree: tree}))
		}
	}
}

func statusOf(t *testing.T, r status.Report) string {
	t.Helper()
	var text strings.Builder
	if err := report.Status(&text, "", r); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

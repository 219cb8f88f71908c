package e2e

import (
	"encoding/json"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/test/e2e/clusters"
)

func version(t *testing.T, c *clusters.Cluster) string {
	t.Helper()
	info, err := client(t, c).Discovery().ServerVersion()
	if err != nil {
		t.Fatal(err)
	}
	return info.GitVersion
}

// canonical writes JSON without spaces, its keys in order.
func canonical(t *testing.T, text string) string {
	t.Helper()
	var value any
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatal(err)
	}
	plain, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(plain)
}

func testReport(t *testing.T, w workspace) {
	got := w.mustRun(t, "collect", "--token=skip", "-o", "json")
	var report struct {
		Clusters []struct {
			Cluster, Context, UID, File, Error string
			Changed                            []string
			Notes                              []struct{ What, Why string }
		}
	}
	if err := json.Unmarshal([]byte(got.stdout), &report); err != nil {
		t.Fatalf("decode the report: %v\n%s", err, got.stdout)
	}
	if got.stderr != "" {
		t.Errorf("stderr: got %s, want nothing", got.stderr)
	}
	if n := len(report.Clusters); n != 2 {
		t.Fatalf("clusters in the report: got %d, want 2\n%s", n, got.stdout)
	}
	west := report.Clusters[1]
	if west.Cluster != "west" || west.Context != "admin@west" || west.File != "clusters/west.yaml" || west.UID == "" ||
		west.Changed == nil || len(west.Changed) != 0 || len(west.Notes) != 2 || west.Error != "" {
		t.Errorf("report of west: got %+v", west)
	}
}

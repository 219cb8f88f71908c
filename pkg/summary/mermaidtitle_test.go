package summary_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/summary"
)

// TestPictureTitles: the title of a network has one line, and no two networks have the same.
func TestPictureTitles(t *testing.T) {
	var s summary.Summary
	for i, network := range []string{"flat", "sandbox-111111-default", "fleet-project-id-gke-cluster-vpc",
		"fleet-proj-another-cluster-vpc", "exactly-21-characters", "thirteen-long"} {
		s.Clusters = append(s.Clusters, summary.Cluster{Name: fmt.Sprint("c", i), Network: network})
	}
	text, _ := s.Mermaid()
	var got []string
	for line := range strings.Lines(text) {
		if _, title, ok := strings.Cut(line, "[\""); ok && strings.Contains(line, "subgraph") {
			got = append(got, strings.TrimSuffix(title, "\"]\n"))
		}
	}
	want := []string{"exactly-21-characters", "network flat", "fleet-proj…luster-vpc", "fleet-project-id-gke-cluster-vpc",
		"sandbox-11…11-default", "network thirteen-long"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

package cli_test

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
)

// TestDiffData: a diff is data too: the action and the diff of each object, with credentials masked.
func TestDiffData(t *testing.T) {
	fixture, program := withClusters(t)
	diff := func(format string) result {
		return run(false, "diff", "-o", format, "-f", filepath.Join(fixture.Dir(), "mesh.yaml"), "--kubeconfig", fixture.Kubeconfig)
	}
	var found struct {
		APIVersion, Kind string
		Clusters         []struct {
			Cluster string
			Objects []struct{ APIVersion, Kind, Namespace, Name, Action, Diff string }
		}
	}
	got := diff("json")
	if err := json.Unmarshal([]byte(got.stdout), &found); err != nil || got.code != 1 {
		t.Fatalf("exit code %d, %v:\n%s\n%s", got.code, err, got.stdout, got.stderr)
	}
	if found.APIVersion != "kubectl-mesh.dev/v1alpha1" || found.Kind != "DiffReport" || len(found.Clusters) != 2 || found.Clusters[0].Cluster != "east" {
		t.Errorf("got %+v", found)
	}
	first := found.Clusters[0].Objects[0]
	if first.Kind != "Namespace" || first.Name != "istio-system" || first.Action != "create" || !strings.Contains(first.Diff, "+kind: Namespace\n") {
		t.Errorf("the first object is %+v", first)
	}

	program("render", "--apply", "--allow-unreviewed")
	if got := diff("yaml"); got.code != 0 || !strings.Contains(got.stdout, "- cluster: east\n  objects: []\n") {
		t.Errorf("without a difference: exit code %d:\n%s", got.code, got.stdout)
	}
}

package cli_test

import (
	"encoding/json"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/internal/status"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/testmesh"
)

// TestStatusLeadsToTheMesh: who runs what status names, again and again, has the mesh applied to both clusters.
func TestStatusLeadsToTheMesh(t *testing.T) {
	fixture, _ := clustersOf(t, testmesh.Signing)
	t.Chdir(fixture.Dir())
	t.Setenv("KUBECONFIG", fixture.Kubeconfig)
	want := []string{
		"kubectl mesh ca init",
		"kubectl mesh ca issue --all",
		"kubectl mesh render --output-dir deploy",
		"git add deploy mesh.yaml trust && git commit",
		"kubectl mesh render --apply",
		"kubectl mesh check",
	}
	// A script has nobody to ask.
	also := map[string]string{want[0]: " --insecure-no-passphrase", want[4]: " --yes"}
	var got []string
	for range want {
		command := nextCommand(t)
		got = append(got, command)
		if command == want[len(want)-1] {
			break // the clusters of this test run no Istio that could be checked
		}
		follow(t, command+also[command])
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
	for _, name := range []string{"secrets istio-system/istio-remote-secret-west", "secrets istio-system/cacerts"} {
		resource, name, _ := strings.Cut(name, " ")
		if fixture.East.Get(resource, name) == nil {
			t.Errorf("east has no %s %s", resource, name)
		}
	}
}

// TestStatusReachesNoCluster: who asks for a comparison, and gets none, is told.
func TestStatusReachesNoCluster(t *testing.T) {
	enter(t, twoClusters())
	got := run(false, "status", "--live")
	if want := "warning: no cluster was compared: the kubeconfig has none of their contexts\n"; got.code != 3 || !strings.Contains(got.stderr, want) {
		t.Errorf("exit code %d, want 3; stderr, want %q:\n%s", got.code, want, got.stderr)
	}
}

// nextCommand is the first step that status names, asking the clusters.
func nextCommand(t *testing.T) string {
	t.Helper()
	got := run(false, "status", "--live", "-o", "json")
	var report status.Report
	if err := json.Unmarshal([]byte(got.stdout), &report); err != nil {
		t.Fatalf("%v\n%s%s", err, got.stdout, got.stderr)
	}
	if len(report.Next) == 0 {
		t.Fatalf("no next step:\n%s", got.stdout)
	}
	return report.Next[0].Command
}

// follow runs a command as a person would.
func follow(t *testing.T, command string) {
	t.Helper()
	if rest, ours := strings.CutPrefix(command, "kubectl mesh "); ours {
		if got := run(false, strings.Fields(rest)...); got.code != 0 {
			t.Fatalf("%s: exit code %d\n%s", command, got.code, got.stderr)
		}
		return
	}
	command = strings.Replace(command, "git commit", "git -c user.name=t -c user.email=t@example.com commit -q -m change", 1)
	if out, err := exec.CommandContext(t.Context(), "sh", "-c", command).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", command, err, out)
	}
}

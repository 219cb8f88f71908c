package istio

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// finding is a result of check that is not ok.
type finding struct{ ID, Status, Cluster, Peer, Reason, Hint string }

func (f finding) String() string {
	return strings.Join(strings.Fields(f.ID+" "+f.Status+" "+f.Cluster+" "+f.Peer), " ")
}

// check returns what is not ok.
func (w workspace) check(t *testing.T, args ...string) []finding {
	t.Helper()
	got := w.run(t, append([]string{"check", "-o", "json"}, args...)...)
	var report struct{ Results []finding }
	if err := json.Unmarshal([]byte(got.stdout), &report); err != nil {
		t.Fatalf("check: exit code %d, no report: %v\n%s%s", got.code, err, got.stdout, got.stderr)
	}
	return slices.DeleteFunc(report.Results, func(f finding) bool { return f.Status == "ok" })
}

// obey runs a remedy as it is printed, in a shell that finds the program as a plugin of kubectl.
func (w workspace) obey(t *testing.T, remedy string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "sh", "-c", remedy)
	cmd.Dir = w.dir
	cmd.Env = []string{"PATH=" + filepath.Dir(program) + ":" + os.Getenv("PATH"), "HOME=" + w.dir, "KUBECONFIG=" + w.kubeconfig}
	out, err := cmd.CombinedOutput()
	t.Logf("$ %s\n%s", remedy, out)
	if err != nil {
		t.Errorf("%s: %v", remedy, err)
	}
}

// faulty are the findings about what runs. Of ambient mesh.yaml itself is warned of: the line has a known fault.
func (m *packetMesh) faulty(found []finding) []finding {
	return slices.DeleteFunc(found, func(f finding) bool { return m.ambient && f.ID == "CHECK001" && f.Status == "warning" })
}

// testCheck: check has nothing to say against a mesh that works, with calls and with handshakes.
func (m *packetMesh) testCheck(t *testing.T) {
	for _, flags := range [][]string{{"--handshake"}, {"--sample", "--calls", "30"}} {
		if found := m.faulty(m.check(t, flags...)); len(found) > 0 {
			t.Errorf("check %s: %q", strings.Join(flags, " "), found)
		}
	}
	got := m.run(t, "check", "--sample", "--handshake")
	if got.code != 0 {
		t.Errorf("check --sample --handshake: exit code %d\n%s%s", got.code, got.stdout, got.stderr)
	}
	t.Logf("%s%s", got.stdout, got.stderr)
}

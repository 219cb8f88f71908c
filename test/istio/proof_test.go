package istio

import (
	"os"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/test/istio/istiod"
)

// TestProof has a rotation meet an istiod that loses endpoints where nothing warns of it: a waiver takes the table of
// known faults away. The rotation sees the loss, the old credential goes on, and the printed way back leads on.
func TestProof(t *testing.T) {
	t.Parallel()
	eachLine(t, func(t *testing.T, line istiod.Line) {
		if !faulty(line) {
			t.Skip("it keeps its endpoints")
		}
		m := newMesh(t, line, flat())
		m.wantSynced(t, flat().members...)
		m.wantSeen(t, flat().members...)
		text, err := os.ReadFile(m.path("mesh.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		m.write(t, "mesh.yaml", strings.Replace(string(text), "waivers: [", "waivers: [{rule: MESH073, reason: the proof is what is tested}, ", 1))
		got := m.run(t, "credentials", "rotate", "--link=west-east", "--apply")
		if got.code != 1 {
			t.Errorf("exit code: got %d, want 1", got.code)
		}
		got.wantSaid(t, "of istiod in west knows fewer endpoints of east than before the change: ", "sample/helloworld.sample.svc.cluster.local has 0 of ",
			"rollout restart deployment/istiod", "hint: the old credential is unchanged; to continue: ")
		if !strings.Contains(m.secrets(t), "mesh-reader-west-token-1") {
			t.Error("the old credential is gone")
		}
		const lost = "istiod of west has synced east, and knows no endpoint there"
		if found := m.run(t, "check", "--cluster=west"); !strings.Contains(found.stdout, lost) {
			t.Errorf("check does not see it:\n%s", found.stdout)
		}
		m.restart(t, "west")
		m.mustRun(t, "credentials", "rotate", "--link=west-east", "--apply").wantSaid(t, "1 pod of istiod synced, with at least the ", "west-east is rotated: generation 2\n")
		m.wantSeen(t, flat().members...)
		if found := m.run(t, "check", "--cluster=west"); strings.Contains(found.stdout, "[CHECK052]") {
			t.Errorf("check after the restart:\n%s", found.stdout)
		}
	})
}

package e2e

import (
	"os"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/test/e2e/clusters"
)

// TestRotateSealed changes a token that west has from git, sealed: while git has the old one it is not ended, for what
// applies git would bring it back.
func TestRotateSealed(t *testing.T) {
	all := clusters.Start(t, "east", "west")
	w := newWorkspace(t, all)
	w.write(t, "mesh.yaml", strings.Replace(westReadsEast("allowNonExpiring: true"), "context: admin@west", "context: admin@west, sealing: "+
		"{format: sops, age: {recipients: [age19yshfdqjd7zvw3lmgqjs7erq43yw7zpxuc9fetyu25a22dhskpxsw7v59w]}}", 1))
	w.mustRun(t, "collect", "--token=skip")
	w.mustRun(t, "render", "--apply")
	w.mustRun(t, "collect")
	w.mustRun(t, "seal")
	kubectl := finish(t, w.kubectl(t, all[1], w.mustRun(t, "render", "--cluster=west", "--secrets=skip").stdout, "--server-side"))
	kubectl.wantCode(t, 1) // so no hint may say to do this
	kubectl.wantSaid(t, "istio-remote-secret-east; /v1, Kind=Secret): .sops: field not declared in schema")
	if err := os.RemoveAll(w.path("credentials/east")); err != nil { // another person goes on, who has not collected
		t.Fatal(err)
	}

	rotate := []string{"credentials", "rotate", "--link=west-east", "--apply"}
	got := w.run(t, rotate...)
	got.wantCode(t, 1)
	got.wantSaid(t, "verify: east accepts system:serviceaccount:istio-system:mesh-reader-west with generation 2\n",
		`error: sealed/west/remote-secret-east.yaml: it contains the credential of "mesh-reader-west-token-1", not of generation 2, which is "mesh-reader-west-token-2"`,
		"kubectl mesh seal --cluster west; kubectl mesh render --output-dir deploy; commit both")
	wantTokenSecrets(t, all[0], "mesh-reader-west-token-1", "mesh-reader-west-token-2")

	w.mustRun(t, "seal", "--cluster=west").wantSaid(t, "sealed/west/remote-secret-east.yaml: sealed again: another token-claims-sha256\n")
	w.mustRun(t, rotate...).wantSaid(t, "west-east is rotated: generation 2\n")
	wantTokenSecrets(t, all[0], "mesh-reader-west-token-2")
}

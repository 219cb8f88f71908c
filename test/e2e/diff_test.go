package e2e

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-mesh/kubectl-mesh/test/e2e/clusters"
)

// TestDiff compares two clusters with the mesh; the tests build on each other.
func TestDiff(t *testing.T) {
	all := clusters.Start(t, "east", "west")
	w := newWorkspace(t, all)
	w.mustRun(t, "init", "--force", "--name", "shop")
	w.waiveLoopback(t)
	t.Run("shows everything as new", func(t *testing.T) {
		got := w.run(t, "diff")
		got.wantCode(t, 1)
		got.wantStderr(t,
			"warning: east: not compared: Secret istio-system/istio-remote-secret-west: the token in Secret istio-system/mesh-reader-east-token-1 of west does not exist yet",
			"warning: west: not compared: Secret istio-system/istio-remote-secret-east: the token in Secret istio-system/mesh-reader-west-token-1 of east does not exist yet")
		for _, text := range []string{"# cluster east\n", "+++ mesh Namespace istio-system\n", "+  name: mesh-reader-west\n"} {
			if !strings.Contains(got.stdout, text) {
				t.Errorf("stdout does not have %q:\n%s", text, got.stdout)
			}
		}
	})
	w.mustRun(t, "render", "--apply")
	t.Run("shows nothing where nothing differs", func(t *testing.T) {
		got := w.mustRun(t, "diff")
		if got.stdout+got.stderr != "" {
			t.Errorf("got\n%s%s", got.stdout, got.stderr)
		}
	})
	t.Run("masks a token that differs", func(t *testing.T) { testDiffMasked(t, w, all[0]) })
	t.Run("fails with more than 1", func(t *testing.T) {
		all[1].Kill()
		if got := w.run(t, "diff"); got.code < 2 || !strings.Contains(got.stderr, "error: west: ") {
			t.Errorf("exit code %d, stderr\n%s", got.code, got.stderr)
		}
		if got := w.run(t, "diff", "--nonsense"); got.code < 2 {
			t.Errorf("exit code %d for a flag that is none", got.code)
		}
	})
}

func testDiffMasked(t *testing.T, w workspace, east *clusters.Cluster) {
	secrets := client(t, east).CoreV1().Secrets("istio-system")
	secret, err := secrets.Get(t.Context(), "istio-remote-secret-west", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	secret.Data = map[string][]byte{"west": []byte("CANARY"), "other": []byte("CANARY")}
	if _, err := secrets.Update(t.Context(), secret, metav1.UpdateOptions{FieldManager: "mesh-cli"}); err != nil {
		t.Fatal(err)
	}
	got := w.run(t, "diff", "--cluster", "east")
	if got.code != 1 && got.code != 2 {
		t.Errorf("exit code %d", got.code)
	}
	all := got.stdout + got.stderr
	if strings.Contains(all, "CANARY") || strings.Contains(all, "Q0FOQVJZ") || strings.Contains(all, "eyJ") {
		t.Errorf("a secret is shown:\n%s", all)
	}
	if err := secrets.Delete(t.Context(), "istio-remote-secret-west", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	want := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "istio-remote-secret-west"}, Data: map[string][]byte{"east": []byte("CANARY")}}
	if _, err := secrets.Create(t.Context(), want, metav1.CreateOptions{FieldManager: "somebody"}); err != nil {
		t.Fatal(err)
	}
	got = w.run(t, "diff", "--cluster", "east")
	got.wantCode(t, 1)
	if strings.Contains(got.stdout, "Q0FOQVJZ") || !strings.Contains(got.stdout, "+            token of ServiceAccount istio-system/mesh-reader-east, Secret mesh-reader-east-token-1\n") {
		t.Errorf("stdout:\n%s", got.stdout)
	}
	t.Log(got.stdout)
}

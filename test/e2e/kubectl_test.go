package e2e

import (
	"encoding/json"
	"os/exec"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/kubectl-mesh/kubectl-mesh/test/e2e/clusters"
)

// kubectl applies a stream, as the documentation says.
func (w workspace) kubectl(t testing.TB, c *clusters.Cluster, stream string) *exec.Cmd {
	t.Helper()
	kubectl, err := exec.LookPath("kubectl")
	if err != nil {
		t.Skip("needs kubectl, and there is none on PATH")
	}
	cmd := exec.CommandContext(t.Context(), kubectl, "--context=admin@"+c.Name, "apply", "--server-side", "-f", "-")
	cmd.Dir, cmd.Env, cmd.Stdin = w.dir, w.command(t).Env, strings.NewReader(stream)
	return cmd
}

// wanted is what matters of an object: all but what the API server counts, and who owns which field.
func wanted(t *testing.T, object unstructured.Unstructured) string {
	t.Helper()
	plain := object.DeepCopy()
	plain.SetManagedFields(nil)
	plain.SetResourceVersion("")
	text, err := json.Marshal(plain.Object)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// owned are the fields that a manager has applied.
func owned(object unstructured.Unstructured, manager string) string {
	for _, entry := range object.GetManagedFields() {
		if entry.Manager == manager && entry.Operation == "Apply" {
			return entry.FieldsV1.GetRawString()
		}
	}
	return ""
}

// TestKubectl brings up a mesh with kubectl alone, and then once more with --apply: it has to come to the same objects,
// with the same fields sent by both.
func TestKubectl(t *testing.T) {
	all := clusters.Start(t, "east", "west")
	w := newWorkspace(t, all)
	w.mustRun(t, "collect", "--token=skip")
	for _, c := range all {
		finish(t, w.kubectl(t, c, w.mustRun(t, "render", "--cluster", c.Name, "--secrets=skip").stdout)).wantCode(t, 0)
	}
	w.mustRun(t, "collect")
	for _, c := range all {
		finish(t, w.kubectl(t, c, w.mustRun(t, "render", "--cluster", c.Name).stdout)).wantCode(t, 0)
	}
	before := map[string]map[string]unstructured.Unstructured{}
	for _, c := range all {
		before[c.Name] = objectsOf(t, c)
	}
	got := w.mustRun(t, "render", "--apply")
	got.wantSaid(t, "east: 0 created, 8 changed, 0 unchanged\n", "west: 0 created, 8 changed, 0 unchanged\n") // their owners
	for _, c := range all {
		after := objectsOf(t, c)
		if len(after) != 8 {
			t.Errorf("%s: objects: got %d, want 8", c.Name, len(after))
		}
		for name, object := range after {
			if was, is := wanted(t, before[c.Name][name]), wanted(t, object); was != is {
				t.Errorf("%s: %s: kubectl made\n%s\n--apply made\n%s", c.Name, name, was, is)
			}
			if strings.HasPrefix(name, "Secret istio-remote-secret-") {
				continue // kubectl sends stringData, which an API server turns into data that nobody owns
			}
			if kubectl, mesh := owned(object, "kubectl"), owned(object, "mesh-cli"); kubectl != mesh || mesh == "" {
				t.Errorf("%s: %s: kubectl sent\n%s\n--apply sent\n%s", c.Name, name, kubectl, mesh)
			}
		}
	}
}

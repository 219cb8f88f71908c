package e2e

import (
	"encoding/json"
	"os/exec"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/kubectl-mesh/kubectl-mesh/test/e2e/clusters"
)

// kubectl applies a stream with these flags.
func (w workspace) kubectl(t testing.TB, c *clusters.Cluster, stream string, flags ...string) *exec.Cmd {
	t.Helper()
	kubectl, err := exec.LookPath("kubectl")
	if err != nil {
		t.Skip("needs kubectl, and there is none on PATH")
	}
	args := append([]string{"--context=admin@" + c.Name, "apply", "-f", "-"}, flags...)
	cmd := exec.CommandContext(t.Context(), kubectl, args...)
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
		finish(t, w.kubectl(t, c, w.mustRun(t, "render", "--cluster", c.Name, "--secrets=skip").stdout, "--server-side")).wantCode(t, 0)
	}
	w.mustRun(t, "collect")
	for _, c := range all {
		finish(t, w.kubectl(t, c, w.mustRun(t, "render", "--cluster", c.Name).stdout, "--server-side")).wantCode(t, 0)
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
			if kubectl, mesh := owned(before[c.Name][name], "kubectl"), owned(object, "mesh-cli"); kubectl != mesh || mesh == "" {
				t.Errorf("%s: %s: kubectl sent\n%s\n--apply sent\n%s", c.Name, name, kubectl, mesh)
			}
		}
		wantOneOwner(t, c)
	}
}

// TestTwoFrontDoors applies a mesh by a pipe and by --apply in turn, with a change of every cluster between: no
// conflict, and one owner after each --apply, whatever flags the pipe had.
func TestTwoFrontDoors(t *testing.T) {
	for _, door := range []struct {
		name  string
		flags []string
	}{
		{"as documented", []string{"--server-side", "--field-manager=mesh-cli"}},
		{"the manager of kubectl", []string{"--server-side"}},
		{"client-side", nil},
	} {
		t.Run(door.name, func(t *testing.T) {
			all := clusters.Start(t, "east", "west")
			w := newWorkspace(t, all)
			w.mustRun(t, "collect", "--token=skip")
			mesh := w.read(t, "mesh.yaml")
			pipe := func(network string) {
				w.write(t, "mesh.yaml", strings.ReplaceAll(mesh, "- {name: ", "- {network: "+network+", name: "))
				for _, c := range all {
					finish(t, w.kubectl(t, c, w.mustRun(t, "render", "--cluster", c.Name, "--secrets=skip").stdout, door.flags...)).wantCode(t, 0)
				}
			}
			apply := func(network string) {
				w.write(t, "mesh.yaml", strings.ReplaceAll(mesh, "- {name: ", "- {network: "+network+", name: "))
				w.mustRun(t, "render", "--apply")
				for _, c := range all {
					wantOneOwner(t, c)
				}
			}
			pipe("one")
			apply("two")
			if door.flags == nil || len(door.flags) > 1 { // the manager kubectl has a conflict with ours: --apply alone takes over
				pipe("three")
				apply("four")
			}
		})
	}
}

// wantOneOwner says that nobody but this program owns a field by applying, and that no object holds a copy of itself.
func wantOneOwner(t *testing.T, c *clusters.Cluster) {
	t.Helper()
	for name, object := range objectsOf(t, c) {
		for _, entry := range object.GetManagedFields() {
			if strings.HasPrefix(entry.Manager, "kubectl") {
				t.Errorf("%s: %s: %s still owns %s", c.Name, name, entry.Manager, entry.FieldsV1.GetRawString())
			}
		}
		if _, copied := object.GetAnnotations()["kubectl.kubernetes.io/last-applied-configuration"]; copied {
			t.Errorf("%s: %s holds a copy of itself", c.Name, name)
		}
	}
}

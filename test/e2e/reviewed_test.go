package e2e

import (
	"net/url"
	"os"
	"os/exec"
	"reflect"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-mesh/kubectl-mesh/test/e2e/clusters"
)

// git runs git in the workspace, as somebody who configured nothing but a name.
func (w workspace) git(t testing.TB, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", args...)
	cmd.Dir = w.dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_NAME=test",
		"GIT_AUTHOR_EMAIL=test@example.com", "GIT_COMMITTER_NAME=test", "GIT_COMMITTER_EMAIL=test@example.com")
	finish(t, cmd).wantCode(t, 0)
}

// TestReviewed: in a Git repository the clusters get what was reviewed and committed, and no API server takes what is
// there for review alone.
func TestReviewed(t *testing.T) {
	all := clusters.Start(t, "east", "west")
	w := newWorkspace(t, all)
	w.mustRun(t, "init", "--force", "--name", "shop")
	w.waiveLoopback(t)
	w.git(t, "init", "--quiet", "--template=")
	w.write(t, ".gitignore", "/credentials/\n/kubeconfig\n")
	w.mustRun(t, "render", "--output-dir", "deploy")
	got := w.run(t, "render", "--apply")
	got.wantCode(t, 1)
	got.wantSaid(t, "error: deploy is not committed: ", "hint: nothing was changed in any cluster\n")
	for _, c := range all {
		if _, err := client(t, c).CoreV1().Namespaces().Get(t.Context(), "istio-system", metav1.GetOptions{}); err == nil {
			t.Errorf("%s was changed", c.Name)
		}
	}
	w.git(t, "add", "--all")
	w.git(t, "commit", "--quiet", "--message", "reviewed")
	w.mustRun(t, "render", "--apply")
	t.Run("a rotation of what was reviewed", func(t *testing.T) {
		w.mustRun(t, "credentials", "rotate", "--link", "west-east", "--apply", "--offline")
		got := w.run(t, "credentials", "rotate", "--link", "west-east", "--apply", "--offline")
		got.wantCode(t, 1)
		got.wantSaid(t, "error: deploy is not what mesh.yaml renders: ")
	})
	t.Run("a redacted object is refused", func(t *testing.T) { testRedactedIsRefused(t, w, all[0]) })
}

// testRedactedIsRefused sends a redacted Secret in each way in which an API server takes objects.
func testRedactedIsRefused(t *testing.T, w workspace, east *clusters.Cluster) {
	secrets := client(t, east).CoreV1().Secrets("istio-system")
	before, err := secrets.Get(t.Context(), "istio-remote-secret-west", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	text, err := yaml.YAMLToJSON([]byte(w.read(t, "deploy/redacted/east.yaml")))
	if err != nil {
		t.Fatal(err)
	}
	const path = "/api/v1/namespaces/istio-system/secrets"
	rest := client(t, east).CoreV1().RESTClient()
	ways := map[string]func(named string) error{
		"create":  func(string) error { return rest.Post().AbsPath(path).Body(text).Do(t.Context()).Error() },
		"replace": func(named string) error { return rest.Put().AbsPath(named).Body(text).Do(t.Context()).Error() },
	}
	for _, patch := range []types.PatchType{types.ApplyYAMLPatchType, types.MergePatchType, types.StrategicMergePatchType} {
		ways[string(patch)] = func(named string) error {
			request := rest.Patch(patch).AbsPath(named).Param("fieldValidation", "Ignore").Body(text)
			if patch == types.ApplyYAMLPatchType {
				request = request.Param("fieldManager", "mesh-cli").Param("force", "true")
			}
			return request.Do(t.Context()).Error()
		}
	}
	for way, send := range ways {
		for _, name := range []string{"istio-remote-secret-west", "another"} {
			if err := send(path + "/" + url.PathEscape(name)); err == nil {
				t.Errorf("%s of %s: an API server takes it", way, name)
			} else {
				t.Logf("%s of %s: %v", way, name, err)
			}
		}
	}
	after, err := secrets.Get(t.Context(), "istio-remote-secret-west", metav1.GetOptions{})
	if err != nil || !reflect.DeepEqual(before.Data, after.Data) {
		t.Errorf("the remote secret is another one now: %v", err)
	}
	for _, flags := range [][]string{nil, {"--server-side", "--force-conflicts"}, {"--validate=false"}} {
		if _, err := exec.LookPath("kubectl"); err != nil {
			break
		}
		got := finish(t, w.kubectl(t, east, w.read(t, "deploy/redacted/east.yaml"), flags...))
		if got.code == 0 || strings.Contains(got.stdout, "configured") {
			t.Errorf("kubectl apply %v: exit code %d\n%s%s", flags, got.code, got.stdout, got.stderr)
		}
	}
}

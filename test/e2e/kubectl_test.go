package e2e

import (
	"encoding/base64"
	"encoding/json"
	"os/exec"
	"reflect"
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

// doors are the ways in which somebody pipes a stream into kubectl.
func doors() map[string][]string {
	return map[string][]string{
		"as documented":          {"--server-side", "--field-manager=mesh-cli"},
		"the manager of kubectl": {"--server-side"},
		"client-side":            nil,
	}
}

// frontDoors is a mesh of two clusters that is applied now so, now so.
type frontDoors struct {
	workspace
	all  []*clusters.Cluster
	mesh string
}

func newFrontDoors(t *testing.T) frontDoors {
	t.Helper()
	all := clusters.Start(t, "east", "west")
	w := newWorkspace(t, all)
	w.mustRun(t, "collect", "--token=skip")
	return frontDoors{workspace: w, all: all, mesh: w.read(t, "mesh.yaml")}
}

// change makes a change that every Namespace and every remote secret shows.
func (d frontDoors) change(t *testing.T, what string) {
	t.Helper()
	d.write(t, "mesh.yaml", strings.ReplaceAll(d.mesh, "- {name: ", "- {network: "+what+", api: {tlsServerName: "+what+".example}, name: "))
}

// pipe brings a change to all clusters by kubectl; secrets is what happens to credentials.
func (d frontDoors) pipe(t *testing.T, what, secrets string, flags ...string) {
	t.Helper()
	d.change(t, what)
	for _, c := range d.all {
		finish(t, d.kubectl(t, c, d.mustRun(t, "render", "--cluster", c.Name, "--secrets="+secrets).stdout, flags...)).wantCode(t, 0)
	}
	d.wantChanged(t, what, secrets)
}

// apply brings a change to all clusters by --apply, which is the one owner then and keeps no copy.
func (d frontDoors) apply(t *testing.T, what string) {
	t.Helper()
	d.change(t, what)
	d.mustRun(t, "render", "--apply", "--dry-run=server")
	d.mustRun(t, "render", "--apply")
	d.wantChanged(t, what, "include")
	for _, c := range d.all {
		wantOneOwner(t, c)
	}
	d.wantCopies(t, "")
}

// wantChanged says that a change has come to every cluster, all of it.
func (d frontDoors) wantChanged(t *testing.T, what, credentials string) {
	t.Helper()
	for i, c := range d.all {
		objects := objectsOf(t, c)
		namespace := objects["Namespace istio-system"]
		if got := namespace.GetLabels()["topology.istio.io/network"]; got != what {
			t.Errorf("%s: the namespace has network %q, want %q", c.Name, got, what)
		}
		peer := d.all[1-i].Name
		secret := objects["Secret istio-remote-secret-"+peer]
		config, _, _ := unstructured.NestedString(secret.Object, "data", peer)
		text, err := base64.StdEncoding.DecodeString(config)
		if credentials == "include" && (err != nil || !strings.Contains(string(text), "tls-server-name: "+what+".example")) {
			t.Errorf("%s: the remote secret of %s does not have %s: %v", c.Name, peer, what, err)
		}
	}
}

// wantCopies compares what check says of copies in every cluster: reason is empty if there are none.
func (d frontDoors) wantCopies(t *testing.T, reason string) {
	t.Helper()
	r, _ := d.check(t)
	for _, c := range d.all {
		for _, result := range r.Results {
			if result.ID == "CHECK042" && result.Cluster == c.Name && !strings.Contains(result.Reason, reason) || result.ID == "CHECK042" && reason == "" && result.Status != "ok" {
				t.Errorf("%s: check says %s: %s, want %q", c.Name, result.Status, result.Reason, reason)
			}
		}
	}
}

// TestTwoFrontDoors applies a mesh by a pipe and by --apply in turn, with a change of every cluster between, credentials
// included: no conflict, nothing half done, and one owner after each --apply, whatever flags the pipe had.
func TestTwoFrontDoors(t *testing.T) {
	for name, flags := range doors() {
		t.Run(name, func(t *testing.T) {
			d := newFrontDoors(t)
			d.pipe(t, "one", "skip", flags...)
			d.mustRun(t, "collect")
			d.pipe(t, "two", "include", flags...)
			if flags == nil {
				d.wantCopies(t, "contains the credential of Secret istio-remote-secret-")
			}
			d.apply(t, "three")
			if name == "the manager of kubectl" {
				return // it has a conflict with ours: --apply alone takes ownership
			}
			d.pipe(t, "four", "include", flags...)
			d.apply(t, "five")
		})
	}
}

// TestTwoFrontDoorsApplyFirst goes through the other door first.
func TestTwoFrontDoorsApplyFirst(t *testing.T) {
	d := newFrontDoors(t)
	d.mustRun(t, "render", "--apply")
	d.apply(t, "one")
	d.mustRun(t, "collect")
	d.pipe(t, "two", "include", doors()["as documented"]...)
	d.apply(t, "three")
	d.pipe(t, "four", "include")
	r, _ := d.check(t)
	for _, c := range d.all { // the remedy of check is another way
		remedy := r.wantReason(t, "CHECK042", c.Name, "", "contains the credential of Secret istio-remote-secret-")
		cmd := exec.CommandContext(t.Context(), "sh", "-c", remedy)
		cmd.Dir, cmd.Env = d.dir, d.command(t).Env
		finish(t, cmd).wantCode(t, 0)
	}
	d.wantCopies(t, "")
	d.apply(t, "five")
}

// TestKubectlMigrates: kubectl itself takes over from a client-side apply, and goes on with its copy.
func TestKubectlMigrates(t *testing.T) {
	d := newFrontDoors(t)
	d.pipe(t, "one", "skip")
	d.mustRun(t, "collect")
	d.pipe(t, "one", "include")
	d.pipe(t, "one", "include", "--server-side")
	d.wantCopies(t, "contains the credential of Secret istio-remote-secret-")
	d.apply(t, "two")
}

// TestOtherOwners: what GitOps, Helm and people's own tools apply stays theirs, whichever way they apply it: nothing is
// changed in any cluster, and a dry run says the same.
func TestOtherOwners(t *testing.T) {
	d := newFrontDoors(t)
	d.mustRun(t, "render", "--apply")
	east := d.all[0]
	for _, manager := range []string{"kustomize-controller", "argocd-controller", "helm", "release-bot"} {
		for _, flags := range [][]string{{"--server-side", "--force-conflicts"}, nil} {
			d.change(t, "theirs-"+manager)
			stream := d.mustRun(t, "render", "--cluster", east.Name, "--secrets=skip").stdout
			finish(t, d.kubectl(t, east, stream, append([]string{"--field-manager=" + manager}, flags...)...)).wantCode(t, 0)
			d.change(t, "ours")
			before := []map[string]unstructured.Unstructured{objectsOf(t, d.all[0]), objectsOf(t, d.all[1])}
			for _, more := range [][]string{{"--dry-run=server"}, nil} {
				got := d.run(t, append([]string{"render", "--apply"}, more...)...)
				got.wantCode(t, 1)
				got.wantSaid(t, "error: east: Namespace istio-system: ", `conflict with "`+manager+`"`)
			}
			for i, c := range d.all {
				if after := objectsOf(t, c); !reflect.DeepEqual(before[i], after) {
					t.Errorf("%s, %v: %s was changed", manager, flags, c.Name)
				}
			}
			d.mustRun(t, "render", "--apply", "--force-conflicts")
		}
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

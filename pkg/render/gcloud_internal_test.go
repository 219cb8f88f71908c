package render

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/firewall"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

// fakeGcloud writes down its arguments, and answers as if nothing were there yet.
const fakeGcloud = `#!/bin/sh
printf '%s\0' "$#" "$@" >>"$CALLS"
if [ "$3" = describe ]; then echo 'True||192.0.2.0/24|||||||'; fi
`

// FuzzScripts lets bash read back every value of the scripts' data. Validation, which would refuse most of
// them, is left out: quotes have to hold by themselves.
func FuzzScripts(f *testing.F) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		f.Skip("no bash to read the values back")
	}
	for _, seed := range []string{"acme", "'", `"$(touch broken)"`, "`id`", "a\nrule\nb", "USAGE", "a\nUSAGE\nb", `\`, "é\u2028\r", "; exit 0 #", "-n", "*", "{{.}}", "$x", "!!", "a b\tc"} {
		f.Add(seed, "us-east1", "east", "default", "tag")
		f.Add("acme", seed, seed, seed, seed)
	}
	f.Fuzz(func(t *testing.T, project, location, name, vpc, tag string) {
		in := hostile(project, location, name, vpc, tag)
		files := scriptsOf(t, in)
		said := withoutNUL(project, location, name, vpc, tag)
		project, location, name, vpc, tag = said[0], said[1], said[2], said[3], said[4]
		dir := writeScripts(t, files)
		update := []string{"container", "clusters", "update", name, "--project=" + project, "--location=" + location}
		checkCall(t, "access.sh", runScript(t, bash, dir, "access.sh", "a"), update)
		create := []string{"compute", "firewall-rules", "create", "mesh-shop-" + "NAME", "--project=" + project, "--network=" + vpc}
		calls := runScript(t, bash, dir, "firewall.sh", project+"/"+vpc)
		checkCall(t, "firewall.sh", calls, create)
		checkTags(t, calls, tag)
		register := []string{"container", "fleet", "memberships", "register", name, "--project=" + project}
		checkCall(t, "fleet.sh", runScript(t, bash, dir, "fleet.sh", "b"), register)
		list := []string{"compute", "firewall-rules", "list", "--project=" + project}
		checkCall(t, "teardown.sh", runScript(t, bash, dir, "teardown.sh"), list)
	})
}

// scriptsOf are the scripts of a mesh with what they read.
func scriptsOf(t *testing.T, in Input) []layout.File {
	t.Helper()
	s, err := in.scripts(firewall.New(in.Mesh, in.Graph))
	if err != nil {
		t.Fatal(err)
	}
	files, err := s.files()
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// hostile is a mesh of two clusters with these values, of which b reads a private one and is in the fleet.
func hostile(project, location, name, vpc, tag string) Input {
	priority, enabled := int32(1000), true
	cluster := func(id, cidr string) v1alpha1.Cluster {
		return v1alpha1.Cluster{Name: id, ClusterSpec: v1alpha1.ClusterSpec{PodCIDRs: []string{cidr}, GKE: &v1alpha1.GKE{
			Project: project, Location: location, Cluster: name, NetworkProject: project, VPC: vpc, NodeTags: []string{tag},
		}}}
	}
	a, b := cluster("a", "10.1.0.0/16"), cluster("b", "10.2.0.0/16")
	a.API.Server = "https://172.16.0.2"
	a.GKE.Endpoint, a.GKE.Private, a.GKE.MasterCIDR, a.GKE.AuthorizedNetworksEnabled = v1alpha1.EndpointPrivate, true, "172.16.0.0/28", &enabled
	mesh := &v1alpha1.Mesh{Metadata: v1alpha1.Metadata{Name: "shop"}, Spec: v1alpha1.MeshSpec{Clusters: []v1alpha1.Cluster{a, b},
		Links: []v1alpha1.Link{{From: []string{"b"}, To: []string{"a"}}}, Firewall: v1alpha1.Firewall{Priority: &priority, ApplicationPorts: []string{"80"}}}}
	mesh.Spec.Clusters[1].Istio.Distribution = v1alpha1.DistributionCSM
	v1alpha1.SetDefaults(mesh)
	mesh.Spec.Fleet = v1alpha1.Fleet{Project: project, ProjectNumber: project}
	for i := range mesh.Spec.Clusters { // what is empty stays so
		gke := mesh.Spec.Clusters[i].GKE
		gke.Cluster, gke.NetworkProject, gke.VPC = name, project, vpc
	}
	return Input{Mesh: mesh, Graph: topology.New(mesh)}
}

func withoutNUL(values ...string) []string {
	for i, value := range values {
		values[i] = strings.ReplaceAll(value, "\x00", "")
	}
	return values
}

// runScript returns the arguments of each call of gcloud.
func runScript(t *testing.T, bash, dir, script string, targets ...string) [][]string {
	t.Helper()
	log := filepath.Join(t.TempDir(), "calls")
	cmd := exec.CommandContext(t.Context(), bash, append([]string{filepath.Join("deploy", script), "--yes"}, targets...)...)
	cmd.Dir, cmd.Env = dir, []string{"PATH=" + dir + ":/usr/bin:/bin", "CALLS=" + log}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", script, err, out)
	}
	if there, err := filepath.Glob(filepath.Join(dir, "*broken*")); err != nil || there != nil {
		t.Fatalf("%s: a value was run: %v %v", script, there, err)
	}
	text, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	var calls [][]string
	for words := strings.Split(strings.TrimSuffix(string(text), "\x00"), "\x00"); len(words) > 0; {
		count := 0
		for _, digit := range words[0] {
			count = 10*count + int(digit-'0')
		}
		calls = append(calls, words[1:count+1])
		words = words[count+1:]
	}
	return calls
}

// writeScripts writes the scripts into a directory of a new one, and a gcloud beside it.
func writeScripts(t *testing.T, files []layout.File) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "deploy"), 0o700); err != nil {
		t.Fatal(err)
	}
	contents := map[string]string{"gcloud": fakeGcloud}
	for _, file := range files {
		contents[filepath.Join("deploy", filepath.Base(file.Path))] = string(file.Content)
	}
	for name, content := range contents {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// checkCall looks for a call that begins so; NAME stands for any name.
func checkCall(t *testing.T, script string, calls [][]string, want []string) {
	t.Helper()
	for _, call := range calls {
		if len(call) < len(want) {
			continue
		}
		same := slices.EqualFunc(call[:len(want)], want, func(got, want string) bool {
			prefix, isName := strings.CutSuffix(want, "NAME")
			return got == want || isName && strings.HasPrefix(got, prefix)
		})
		if same {
			return
		}
	}
	t.Errorf("%s calls %q, want %q", script, calls, want)
}

// checkTags: a list of gcloud has commas, and is sorted line by line.
func checkTags(t *testing.T, calls [][]string, tag string) {
	t.Helper()
	lines := strings.Split(tag, "\n")
	slices.Sort(lines)
	want := "--target-tags=" + strings.Join(slices.Compact(lines), ",")
	for _, call := range calls {
		if slices.Contains(call, want) {
			return
		}
	}
	t.Errorf("firewall.sh calls %q, want %q", calls, want)
}

// TestIncompleteScript: a script that lacks a rule says which fact is missing, removes nothing, and exits 3.
func TestIncompleteScript(t *testing.T) {
	in := hostile("acme", "us-east1", "a", "default", "nodes")
	in.Mesh.Spec.Clusters[0].GKE.MasterCIDR = ""
	in.Mesh.Spec.Clusters[1].PodCIDRs = nil
	said, code := talk(t, writeScripts(t, scriptsOf(t, in)), "firewall.sh", "acme/default", "--yes", "--prune")
	const want = "--prune removes nothing: facts are missing, so this script does not contain every rule\n" +
		"INCOMPLETE: no rule can allow the control plane of a to call the injection webhook: gke.masterCIDR is unknown\n" +
		"INCOMPLETE: no rule can allow the pods of b, which call a: podCIDRs is unknown\n"
	if code != 3 || said != want {
		t.Errorf("exit code %d, stderr:\n%s", code, said)
	}
}

// TestScriptArguments: a script takes one of the names that it knows, and lists them otherwise.
func TestScriptArguments(t *testing.T) {
	dir := writeScripts(t, scriptsOf(t, hostile("acme", "us-east1", "a", "default", "nodes")))
	const usage = `usage: bash deploy/firewall.sh NETWORK [--dry-run | --yes] [--prune]
  NETWORK    one of:
               acme/default
  --dry-run  print the changes without making them (default)
  --yes      make the changes
  --prune    remove rules of this mesh in this network that are no longer in mesh.yaml
`
	for want, args := range map[string][]string{
		"specify NETWORK":                            nil,
		"unknown argument: acme/defaul":              {"acme/defaul"},
		"unknown argument: acme/*":                   {"acme/*"},
		"unknown argument: acme/default":             {"acme/default", "--yes", "acme/default"},
		"unknown argument: --force":                  {"acme/default", "--force"},
		"--dry-run and --yes are mutually exclusive": {"acme/default", "--yes", "--dry-run"},
	} {
		if said, code := talk(t, dir, "firewall.sh", args...); code != 2 || said != "error: "+want+"\n"+usage {
			t.Errorf("%q: exit code %d, stderr:\n%s", args, code, said)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "calls")); err == nil {
		t.Error("gcloud was called")
	}
	const teardown = "error: unknown argument: acme/default\nusage: bash deploy/teardown.sh [--dry-run | --yes]\n"
	if said, code := talk(t, dir, "teardown.sh", "acme/default"); code != 2 || !strings.HasPrefix(said, teardown) {
		t.Errorf("exit code %d, stderr:\n%s", code, said)
	}
}

// talk returns what a script prints to stderr, and its exit code.
func talk(t *testing.T, dir, script string, args ...string) (string, int) {
	t.Helper()
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("no bash")
	}
	cmd := exec.CommandContext(t.Context(), bash, append([]string{filepath.Join("deploy", script)}, args...)...)
	cmd.Dir, cmd.Env = dir, []string{"PATH=" + dir + ":/usr/bin:/bin", "CALLS=" + filepath.Join(dir, "calls")}
	var said strings.Builder
	cmd.Stderr = &said
	_ = cmd.Run() // its exit code is what is looked at
	return said.String(), cmd.ProcessState.ExitCode()
}

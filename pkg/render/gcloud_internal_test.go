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

// FuzzScripts lets bash read back every value of a script. Validation, which would refuse most of
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
		files, err := in.cloudFiles()
		if err != nil {
			t.Fatal(err)
		}
		if len(files) != 6 {
			t.Fatalf("%d files", len(files))
		}
		said := withoutNUL(project, location, name, vpc, tag)
		project, location, name, vpc, tag = said[0], said[1], said[2], said[3], said[4]
		for _, file := range files {
			if file.Path == layout.ScriptLibrary || file.Path == layout.AccessData {
				continue
			}
			calls := runScript(t, bash, file, files...)
			update := []string{"container", "clusters", "update", name, "--project=" + project, "--location=" + location}
			create := []string{"compute", "firewall-rules", "create", "mesh-shop-" + "NAME", "--project=" + project, "--network=" + vpc}
			switch does := func(command string) bool { return strings.Contains(string(file.Content), command) }; {
			case does("# Allows control planes to reach"):
				checkCall(t, file, calls, update)
			case does("\nstale_rules\n"):
				checkCall(t, file, calls, create)
				checkTags(t, file, calls, tag)
			default:
				checkCall(t, file, calls, []string{"compute", "firewall-rules", "list", "--project=" + project})
			}
		}
	})
}

// hostile is a mesh of two clusters with these values, of which b reads a private one.
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
	v1alpha1.SetDefaults(mesh)
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
func runScript(t *testing.T, bash string, file layout.File, all ...layout.File) [][]string {
	t.Helper()
	dir := t.TempDir()
	script := writeScript(t, dir, file, all...)
	cmd := exec.CommandContext(t.Context(), bash, script, "--yes")
	cmd.Dir, cmd.Env = dir, []string{"PATH=" + dir + ":/usr/bin:/bin", "CALLS=" + filepath.Join(dir, "calls")}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s\n%s", err, out, file.Content)
	}
	if there, err := filepath.Glob(filepath.Join(dir, "*broken*")); err != nil || there != nil {
		t.Fatalf("a value was run: %v %v\n%s", there, err, file.Content)
	}
	text, err := os.ReadFile(filepath.Join(dir, "calls"))
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

// writeScript writes a script as deep as it is in a tree, what scripts share, and a gcloud.
func writeScript(t *testing.T, dir string, file layout.File, all ...layout.File) string {
	t.Helper()
	library, err := libraryFile([]layout.File{file})
	if err != nil {
		t.Fatal(err)
	}
	script := strings.Repeat("d/", strings.Count(file.Path, "/")-1) + "script.sh"
	contents := map[string]string{"gcloud": fakeGcloud, "lib.sh": string(library[0].Content), script: string(file.Content)}
	for _, shared := range all {
		if shared.Path == layout.AccessData {
			contents["api-access.sh"] = string(shared.Content)
		}
	}
	for name, content := range contents {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(content), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return script
}

// checkCall looks for a call that begins so; NAME stands for any name.
func checkCall(t *testing.T, file layout.File, calls [][]string, want []string) {
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
	t.Errorf("%s calls %q, want %q\n%s", file.Path, calls, want, file.Content)
}

// checkTags: a list of gcloud has commas, and is sorted line by line.
func checkTags(t *testing.T, file layout.File, calls [][]string, tag string) {
	t.Helper()
	lines := strings.Split(tag, "\n")
	slices.Sort(lines)
	want := "--target-tags=" + strings.Join(slices.Compact(lines), ",")
	for _, call := range calls {
		if slices.Contains(call, want) {
			return
		}
	}
	t.Errorf("%s calls %q, want %q", file.Path, calls, want)
}

// TestIncompleteScript: a script that lacks a rule says which fact is missing, removes nothing, and exits 3.
func TestIncompleteScript(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("no bash")
	}
	in := hostile("acme", "us-east1", "a", "default", "nodes")
	in.Mesh.Spec.Clusters[1].PodCIDRs = nil
	files, err := in.firewallFiles(firewall.New(in.Mesh, in.Graph))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cmd := exec.CommandContext(t.Context(), bash, writeScript(t, dir, files[0]), "--yes", "--prune")
	cmd.Dir, cmd.Env = dir, []string{"PATH=" + dir + ":/usr/bin:/bin", "CALLS=" + filepath.Join(dir, "calls")}
	var said strings.Builder
	cmd.Stderr = &said
	_ = cmd.Run() // its exit code is what is looked at
	const want = "--prune removes nothing: facts are missing, so this script does not contain every rule\n" +
		"INCOMPLETE: no rule can allow the pods of b, which call a: podCIDRs is unknown\n"
	if code := cmd.ProcessState.ExitCode(); code != 3 || said.String() != want {
		t.Errorf("exit code %d, stderr:\n%s", code, said.String())
	}
}

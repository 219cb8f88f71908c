package cli

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
)

// parse runs a command whose run function only keeps the options.
func parse[T any](t *testing.T, build func(System, func(*T) error) *cobra.Command, args []string) T {
	t.Helper()
	var got *T
	cmd := build(System{}, func(o *T) error {
		got = o
		return nil
	})
	cmd.SetArgs(append([]string{}, args...))
	if err := cmd.Execute(); err != nil {
		t.Fatal(err)
	}
	if got == nil {
		t.Fatal("the run function was not called")
	}
	return *got
}

// flagTest is a command line and the options that come of it.
type flagTest[T any] struct {
	name string
	args []string
	want T
}

func testFlags[T any](t *testing.T, build func(System, func(*T) error) *cobra.Command, tests []flagTest[T]) {
	t.Helper()
	var options T
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := parse(t, build, test.args)
			if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(options, System{}, kubeconfigFlags{}, liveFlags{}, applyFlags{})); diff != "" {
				t.Errorf("%q (-want +got):\n%s", test.args, diff)
			}
		})
	}
}

func TestRenderFlags(t *testing.T) {
	// What a flag leaves alone is as a new command has it.
	options := func(change func(*renderOptions)) renderOptions {
		o := renderOptions{liveFlags: newLiveFlags(System{}), applyFlags: applyFlags{dryRun: "none"}, filename: "mesh.yaml", output: "yaml"}
		change(&o)
		return o
	}
	testFlags(t, newRender, []flagTest[renderOptions]{
		{"defaults", nil, options(func(*renderOptions) {})},
		{"stream", []string{"-f", "-", "--cluster=east", "--secrets=mask", "-o", "json"}, options(func(o *renderOptions) {
			o.filename, o.cluster, o.secrets, o.output = "-", "east", "mask", "json"
		})},
		{"context", []string{"--context", "c", "--kubeconfig", "k"}, options(func(o *renderOptions) {
			o.context, o.file = "c", "k"
		})},
		{"tree", []string{"--filename=a/mesh.yaml", "--output-dir", "deploy", "--check", "--force", "--output=yaml"}, options(func(o *renderOptions) {
			o.filename, o.outputDir, o.check, o.force = "a/mesh.yaml", "deploy", true, true
		})},
		{"apply", []string{"--apply", "--dry-run=server", "--prune", "--yes", "--pin", "--force-conflicts"}, options(func(o *renderOptions) {
			o.applyFlags = applyFlags{apply: true, dryRun: "server", doPrune: true, yes: true, pin: true, forceConflicts: true}
		})},
	})
}

func TestInitFlags(t *testing.T) {
	testFlags(t, newInit, []flagTest[initOptions]{
		{"defaults", nil, initOptions{filename: "mesh.yaml"}},
		{"all", []string{"-f", "-", "--name=shop", "--force", "--kubeconfig=k", "--context=a,b", "--context", "c"},
			initOptions{filename: "-", name: "shop", force: true, contexts: []string{"a,b", "c"}, kubeconfigFlags: kubeconfigFlags{file: "k"}}},
	})
}

func TestValidateFlags(t *testing.T) {
	testFlags(t, newValidate, []flagTest[validateOptions]{
		{"defaults", nil, validateOptions{filename: "mesh.yaml"}},
		{"all", []string{"-f", "x.yaml", "-o", "json", "--identity", "key.txt"}, validateOptions{filename: "x.yaml", output: "json", identity: []string{"key.txt"}}},
		{"secrets", []string{"--secrets", "deploy"}, validateOptions{filename: "mesh.yaml", secrets: true, paths: []string{"deploy"}}},
	})
}

func TestExplainFlags(t *testing.T) {
	testFlags(t, newExplain, []flagTest[explainOptions]{
		{"defaults", nil, explainOptions{}},
		{"all", []string{"spec.clusters", "--output=jsonschema"}, explainOptions{topic: "spec.clusters", output: "jsonschema"}},
	})
}

func TestVersionFlags(t *testing.T) {
	testFlags(t, newVersion, []flagTest[versionOptions]{
		{"defaults", nil, versionOptions{}},
		{"all", []string{"-o", "yaml"}, versionOptions{output: "yaml"}},
	})
}

package cli

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/internal/review"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
)

// parse starts a command whose run function only keeps the options: nil if they are refused.
func parse[T any](build func(System, func(*T) error) *cobra.Command, args []string) (*T, error) {
	var got *T
	cmd := build(System{}, func(o *T) error {
		got = o
		return nil
	})
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	cmd.SetArgs(append([]string{}, args...))
	return got, cmd.Execute()
}

// testRefused has command lines by what is said of them.
func testRefused[T any](t *testing.T, build func(System, func(*T) error) *cobra.Command, tests map[string][]string) {
	t.Helper()
	for want, args := range tests {
		got, err := parse(build, args)
		if got != nil || err == nil {
			t.Errorf("%q is accepted, want\n%s", args, want)
		} else if diff := cmp.Diff(want, words(err)); diff != "" || !verdict.IsInput(err) {
			t.Errorf("%q: input error %v (-want +got):\n%s", args, verdict.IsInput(err), diff)
		}
	}
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
			got, err := parse(build, test.args)
			if err != nil {
				t.Fatal(err)
			}
			all := cmp.AllowUnexported(options, System{}, caOptions{}, kubeconfigFlags{}, liveFlags{}, applyFlags{}, reviewFlags{}, siteFlags{},
				pendingFlags{}, ownFlags{}, receiptFlags{})
			if diff := cmp.Diff(&test.want, got, all); diff != "" {
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
		{"tree", []string{"--filename=a/mesh.yaml", "--output-dir", "deploy", "--force", "--output=yaml"}, options(func(o *renderOptions) {
			o.filename, o.outputDir, o.force = "a/mesh.yaml", "deploy", true
		})},
		{"apply", []string{"--apply", "--dry-run=server", "--prune", "--yes", "--pin", "--force-conflicts", "--allow-unreviewed"}, options(func(o *renderOptions) {
			o.applyFlags = applyFlags{reviewFlags: reviewFlags{allowUnreviewed: true}, apply: true, dryRun: "server", doPrune: true, yes: true, pin: true, forceConflicts: true}
		})},
	})
}

func TestRenderRefuses(t *testing.T) {
	testRefused(t, newRender, map[string][]string{
		"--check and --force are mutually exclusive\nhint: --check writes nothing: omit --force": {"--output-dir=deploy", "--check", "--force"},
		"--check requires --output-dir\nhint: specify the directory: --output-dir deploy":        {"--check"},
		"--allow-unreviewed requires --apply\nhint: add --apply":                                 {"--allow-unreviewed"},
		"--prune requires --apply\nhint: add --apply":                                            {"--prune"},
		"invalid value \"client\" for --dry-run\nhint: use one of none, server":                  {"--apply", "--dry-run=client"},
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

func TestFlagsOfFiles(t *testing.T) {
	testFlags(t, newSeal, []flagTest[sealOptions]{
		{"all", []string{"-f=x.yaml", "--cluster=east", "--identity=a", "--identity=b"},
			sealOptions{filename: "x.yaml", cluster: "east", identity: []string{"a", "b"}}},
	})
	testFlags(t, newMigrate, []flagTest[migrateOptions]{
		{"all", []string{"--yes", "-o=yaml"}, migrateOptions{filename: "mesh.yaml", yes: true, output: "yaml"}},
	})
	testFlags(t, newImportGKE, []flagTest[importGKEOptions]{
		{"all", []string{"--dry-run", "-o=json", "a.json", "-"},
			importGKEOptions{filename: "mesh.yaml", dryRun: true, output: "json", files: []string{"a.json", "-"}}},
	})
	testRefused(t, newImportGKE, map[string][]string{
		"stdin is specified 2 times\nhint: write one of them to a file": {"-", "-f=-"},
	})
	testFlags(t, newDescribe, []flagTest[describeOptions]{
		{"all", []string{"-o=mermaid", "-f=other.yaml"}, describeOptions{filename: "other.yaml", output: "mermaid"}},
	})
	testFlags(t, newDescribeCluster, []flagTest[describeOptions]{
		{"all", []string{"east", "-o=json"}, describeOptions{filename: "mesh.yaml", output: "json", cluster: "east"}},
	})
	testRefused(t, newDescribeCluster, map[string][]string{
		"cluster requires one cluster\nhint: kubectl mesh describe lists the clusters": {},
	})
	testFlags(t, newDescribeLink, []flagTest[describeLinkOptions]{
		{"all", []string{"-o=yaml", "west-east"}, describeLinkOptions{filename: "mesh.yaml", output: "yaml", link: "west-east"}},
	})
	testRefused(t, newDescribeLink, map[string][]string{
		"link takes one link\nhint: describe one link at a time": {"a-b", "b-a"},
	})
}

func TestDiffFlags(t *testing.T) {
	testFlags(t, newDiff, []flagTest[diffOptions]{
		{"all", []string{"--cluster=east", "--context=c", "-o=json"},
			diffOptions{liveFlags: withContext(newLiveFlags(System{}), "c"), filename: "mesh.yaml", cluster: "east", output: "json"}},
	})
	testRefused(t, newDiff, map[string][]string{
		"invalid value \"text\" for --output\nhint: use one of json, yaml":        {"-o=text"},
		"--as-uid and --as-group require --as\nhint: specify the user: --as USER": {"--as-uid=1"},
	})
}

func TestReviewFlags(t *testing.T) {
	testFlags(t, newReview, []flagTest[reviewOptions]{
		{"defaults", nil, reviewOptions{filename: "mesh.yaml", output: "text", maxBytes: 60_000, compared: review.Range{Base: "HEAD"}}},
		{"everything", []string{"a...b", "-f", "m.yaml", "-o", "markdown", "--fail-on", "warning", "--max-bytes", "0"}, reviewOptions{filename: "m.yaml",
			output: "markdown", failOn: "warning", revision: "a...b", compared: review.Range{Base: "a", Head: "b"}}},
	})
	testRefused(t, newReview, map[string][]string{
		"invalid value \"table\" for --output\nhint: use one of text, markdown, json, yaml": {"-o", "table"},
	})
}

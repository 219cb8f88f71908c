//go:build unix

package cli_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/testmesh"
)

// TestConsoleBlocks: the first console block of these pages is what the program prints in such a workspace.
func TestConsoleBlocks(t *testing.T) {
	for page, prepare := range map[string]func(*testing.T){
		"certificates.md": func(t *testing.T) {
			enter(t, signingClusters())
			quickStart(t, "$ kubectl mesh ca init\n$ kubectl mesh ca issue --all\n")
		},
		"credentials.md": func(t *testing.T) { enter(t, twoClusters()) },
		"sealing.md": func(t *testing.T) {
			enter(t, sealedClusters())
			quickStart(t, "$ kubectl mesh seal\n")
		},
		"secrets.md": func(t *testing.T) { enter(t, twoClusters()) },
	} {
		t.Run(page, func(t *testing.T) {
			name, err := filepath.Abs("../../docs/" + page)
			if err != nil {
				t.Fatal(err)
			}
			prepare(t)
			checkConsole(t, name)
		})
	}
}

// TestApplyPage: docs/apply.md shows what a dry run prints about a cluster, except for addresses and fingerprints.
func TestApplyPage(t *testing.T) {
	page, err := os.ReadFile("../../docs/apply.md")
	if err != nil {
		t.Fatal(err)
	}
	_, shown, _ := strings.Cut(string(page), "```console\n$ kubectl mesh render --apply --dry-run=server\n")
	shown, _, _ = strings.Cut(shown, "…\n")
	fixture := testmesh.New(t, strings.Replace(testmesh.Both, "spec:\n", "spec:\n  waivers: [{rule: MESH006, reason: all on one machine}]\n", 1))
	got := run(false, "render", "--apply", "--dry-run=server", "--allow-unreviewed",
		"-f", filepath.Join(fixture.Dir(), "mesh.yaml"), "--kubeconfig", fixture.Kubeconfig)
	var east strings.Builder
	for line := range strings.Lines(got.stderr) {
		if strings.HasPrefix(line, "east: ") {
			east.WriteString(line)
		}
	}
	server := regexp.MustCompile(`https://[^,]+`)
	want := masked(server.ReplaceAllString(east.String(), "SERVER"))
	if diff := cmp.Diff(want, masked(server.ReplaceAllString(shown, "SERVER"))); diff != "" || want == "" {
		t.Errorf("docs/apply.md (-want +shown):\n%s\n%s", diff, got.stderr)
	}
}

// TestFirewallsPage: docs/firewalls.md shows what a rendered script prints when no rule exists yet.
func TestFirewallsPage(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("needs bash")
	}
	page, err := os.ReadFile("../../docs/firewalls.md")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "gcloud"), []byte("#!/bin/sh\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	const script, network = "deploy/gcloud/firewall.sh", "sandbox-111111/default"
	cmd := exec.CommandContext(t.Context(), bash, script, network)
	cmd.Dir, cmd.Env = "../../testdata/scenarios/single-vpc/want", []string{"PATH=" + dir + ":/usr/bin:/bin"}
	out, err := cmd.CombinedOutput()
	if want := "```console\n$ bash " + script + " " + network + "\n" + string(out) + "```\n"; err != nil || !strings.Contains(string(page), want) {
		t.Errorf("docs/firewalls.md does not show this (%v):\n%s", err, want)
	}
}

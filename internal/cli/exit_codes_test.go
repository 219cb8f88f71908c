package cli_test

import (
	"errors"

	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"filippo.io/age"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/kubectl-mesh/kubectl-mesh/internal/cli"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/fakeapi"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/testmesh"
)

// TestExitCodesPage: each cell of the table in docs/exit-codes.md is what the command does.
func TestExitCodesPage(t *testing.T) {
	documented, proofs := exitCodesOfPage(t), map[string]map[int]func(*testing.T) int{
		"validate":  {0: validates, 2: withoutMesh("validate"), 3: withoutRoot("validate")},
		"seal":      {0: seals, 2: withoutMesh("seal"), 3: withoutToken("seal")},
		"ca status": {0: withRoot("ca", "status"), 1: withRoot("ca", "status", "--within", "400d"), 2: withoutMesh("ca", "status"), 3: withoutRoot("ca", "status")},
		"validate --secrets": {0: scans(""), 1: scans("token: " + twoClusters()["credentials/west/east/token"]),
			2: inWorkspace("validate", "--secrets", "--no-such-flag")},
		"render --cluster NAME": {0: inWorkspace("render", "--cluster", "east"), 1: toFullDisk, 2: withoutMesh("render", "--cluster", "east"),
			3: withoutToken("render", "--cluster", "east")},
		"render --output-dir DIR": {0: inWorkspace("render", "--output-dir", "deploy"), 1: overAFile,
			2: withoutMesh("render", "--output-dir", "deploy"), 3: heldBack()},
		"render --output-dir DIR --check": {0: current, 1: stale,
			2: withoutMesh("render", "--output-dir", "deploy", "--check"), 3: heldBack("--check")},
		"render --apply": {0: applies(0), 1: applies(1), 2: applies(2), 3: applies(3)},
		"status":         {0: inWorkspace("status"), 2: withoutMesh("status"), 3: asksAnother},
		"diff":           {0: compares(0), 1: compares(1), 2: withoutMesh("diff"), 3: compares(3)},
		"check":          {0: inWorkspace("check", "--offline"), 1: checksStale, 2: withoutMesh("check"), 3: inWorkspace("check")},
		"a rendered firewall script": {0: firewall("exit 0"), 1: firewall("exit 1"), 2: firewall("exit 0", "--no-such-flag"),
			3: firewallWithout},
	}
	delete(documented, "review") // testdata/script/review.txtar, in a repository with a history, has each of its codes
	for _, command := range []string{"check --from-receipts", "exchange export", "exchange import"} {
		delete(documented, command) // testdata/script/exchange*.txtar, with keys of ssh-keygen
	}
	if got, want := slices.Sorted(maps.Keys(documented)), slices.Sorted(maps.Keys(proofs)); !slices.Equal(got, want) {
		t.Fatalf("commands of the page: %q, of this test: %q", got, want)
	}
	for _, command := range slices.Sorted(maps.Keys(proofs)) {
		if got, want := slices.Sorted(maps.Keys(proofs[command])), documented[command]; !slices.Equal(got, want) {
			t.Errorf("%s: the page has the codes %v, this test %v", command, want, got)
		}
		for want, run := range proofs[command] {
			t.Run(command+" "+strconv.Itoa(want), func(t *testing.T) {
				if got := run(t); got != want {
					t.Errorf("exit code %d, want %d", got, want)
				}
			})
		}
	}
}

// exitCodesOfPage are the codes that the table has something to say about, by command.
func exitCodesOfPage(t *testing.T) map[string][]int {
	t.Helper()
	text, err := os.ReadFile("../../docs/exit-codes.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(text), "| command | 0 | 1 | 2 | 3 |\n| --- | --- | --- | --- | --- |\n")
	codes := map[string][]int{}
	for line := range strings.Lines(table) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		command := strings.Trim(strings.TrimSpace(cells[0]), "`")
		for code, cell := range cells[1:] {
			if strings.TrimSpace(cell) != "" {
				codes[command] = append(codes[command], code)
			}
		}
	}
	return codes
}

// code runs the program and shows what it said, if that is asked for.
func code(t *testing.T, args ...string) int {
	t.Helper()
	got := run(false, args...)
	t.Log(args, got.stdout, got.stderr)
	return got.code
}

func inWorkspace(args ...string) func(*testing.T) int {
	return func(t *testing.T) int {
		enter(t, twoClusters())
		return code(t, args...)
	}
}

func withoutMesh(args ...string) func(*testing.T) int {
	return func(t *testing.T) int {
		enter(t, nil)
		return code(t, args...)
	}
}

func validates(t *testing.T) int {
	enter(t, twoClusters())
	return code(t, "validate")
}

func scans(text string) func(*testing.T) int {
	return func(t *testing.T) int {
		enter(t, map[string]string{"notes.yaml": "a: b\n" + text})
		return code(t, "validate", "--secrets", "notes.yaml")
	}
}

// withoutToken has no token for east for west.
func withoutToken(args ...string) func(*testing.T) int {
	return func(t *testing.T) int {
		files := sealedClusters()
		delete(files, "credentials/west/east/token")
		enter(t, files)
		return code(t, args...)
	}
}

// withoutRoot has a mesh whose clusters share no root yet, withRoot one whose clusters do.
func withoutRoot(args ...string) func(*testing.T) int {
	return func(t *testing.T) int {
		enter(t, signingClusters())
		return code(t, args...)
	}
}

func withRoot(args ...string) func(*testing.T) int {
	return func(t *testing.T) int {
		enter(t, signingClusters())
		for _, before := range []string{"ca init --insecure-no-passphrase", "ca issue --all"} {
			if got := run(false, strings.Fields(before)...); got.code != 0 {
				t.Fatal(before, got.stderr)
			}
		}
		return code(t, args...)
	}
}

// sealedClusters have their credentials sealed.
func sealedClusters() map[string]string {
	files := twoClusters()
	files["mesh.yaml"] = strings.Replace(files["mesh.yaml"], "spec:\n",
		"spec:\n  sealing: {format: sops, age: {recipients: [age13yftnvjclcsujdze4tcumqvuj5s6egk2klyum9jxe6chas20s9cqrxmjmc]}}\n", 1)
	return files
}

func seals(t *testing.T) int {
	enter(t, sealedClusters())
	return code(t, "seal")
}

// toFullDisk prints to what takes nothing.
func toFullDisk(t *testing.T) int {
	enter(t, twoClusters())
	streams, _, _, _ := genericiooptions.NewTestIOStreams()
	streams.Out = fullDisk{}
	return cli.Main(cli.System{IOStreams: streams}, []string{"kubectl-mesh", "render", "--cluster", "east"})
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

func overAFile(t *testing.T) int {
	files := twoClusters()
	files["deploy"] = "a file"
	enter(t, files)
	return code(t, "render", "--output-dir", "deploy")
}

// heldBack loses a sealed credential after a rendering.
func heldBack(flags ...string) func(*testing.T) int {
	return func(t *testing.T) int {
		key, err := age.GenerateX25519Identity()
		if err != nil {
			t.Fatal(err)
		}
		files := twoClusters()
		sealing := "spec:\n  sealing: {format: sops, age: {recipients: [" + key.Recipient().String() + "]}}\n"
		files["mesh.yaml"] = strings.Replace(files["mesh.yaml"], "spec:\n", sealing, 1)
		enter(t, files)
		code(t, "seal")
		code(t, "render", "--output-dir", "deploy")
		if err := os.Remove("sealed/east/remote-secret-west.yaml"); err != nil {
			t.Fatal(err)
		}
		if len(flags) > 0 {
			code(t, "render", "--output-dir", "deploy") // README.md says what is held back
		}
		return code(t, append([]string{"render", "--output-dir", "deploy"}, flags...)...)
	}
}

func current(t *testing.T) int {
	enter(t, twoClusters())
	code(t, "render", "--output-dir", "deploy")
	return code(t, "render", "--output-dir", "deploy", "--check")
}

func stale(t *testing.T) int {
	enter(t, twoClusters())
	code(t, "render", "--output-dir", "deploy")
	if err := os.WriteFile("deploy/overlays/east/namespace.yaml", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	return code(t, "render", "--output-dir", "deploy", "--check")
}

func checksStale(t *testing.T) int {
	stale(t)
	return code(t, "check", "--offline")
}

// withClusters makes a workspace whose clusters answer, and runs the program there.
func withClusters(t *testing.T) (*testmesh.Fixture, func(args ...string) int) {
	t.Helper()
	return clustersOf(t, testmesh.Both)
}

// clustersOf starts the clusters of a mesh, and returns what runs the program for them.
func clustersOf(t *testing.T, mesh string) (*testmesh.Fixture, func(args ...string) int) {
	t.Helper()
	const here = "spec:\n  waivers: [{rule: MESH006, reason: all on one machine}]\n"
	fixture := testmesh.New(t, strings.Replace(mesh, "spec:\n", here, 1))
	return fixture, func(args ...string) int {
		t.Helper()
		return code(t, append(args, "-f", filepath.Join(fixture.Dir(), "mesh.yaml"), "--kubeconfig", fixture.Kubeconfig)...)
	}
}

// asksAnother asks a cluster that is not the one that is pinned.
func asksAnother(t *testing.T) int {
	fixture, program := withClusters(t)
	fixture.Connect(fixture.East, fakeapi.New(t, "uid-of-another"))
	return program("status", "--live")
}

func applies(want int) func(*testing.T) int {
	return func(t *testing.T) int {
		fixture, program := withClusters(t)
		args := []string{"render", "--apply", "--allow-unreviewed"}
		switch want {
		case 1: // an object is refused
			fixture.West.On(fakeapi.Conflict("helm", ".metadata.labels"), "dry-run apply namespaces istio-system")
		case 2: // another cluster than the one that is pinned
			fixture.Connect(fixture.East, fakeapi.New(t, "uid-of-another"))
		case 3: // the tokens do not exist yet
			args = append(args, "--dry-run=server")
		}
		return program(args...)
	}
}

func compares(want int) func(*testing.T) int {
	return func(t *testing.T) int {
		fixture, program := withClusters(t)
		if want != 1 {
			program("render", "--apply", "--allow-unreviewed")
		}
		if want == 3 { // the token of a Secret is yet to come, as far as the API server tells
			pending := fixture.West.Get("secrets", "istio-system/mesh-reader-east-token-1")
			delete(pending.Object, "data")
			fixture.West.Intercept(func(r fakeapi.Request) any {
				if r.Name == pending.GetName() {
					return pending
				}
				return nil
			})
		}
		return program("diff")
	}
}

// firewall runs a rendered script with a gcloud that does this.
func firewall(gcloud string, flags ...string) func(*testing.T) int {
	return func(t *testing.T) int {
		return runScript(t, "gke-mesh", gcloud, append([]string{"fleet-project-id/gke-cluster-vpc"}, flags...)...)
	}
}

// firewallWithout: a rule needs the pod ranges of two clusters, and nobody knows them yet.
func firewallWithout(t *testing.T) int {
	return runScript(t, "every-field", "exit 0", "acme/default")
}

func runScript(t *testing.T, scenario, gcloud string, args ...string) int {
	t.Helper()
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("needs bash")
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "gcloud"), []byte("#!/bin/sh\n"+gcloud+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	script := filepath.Join("../../testdata/scenarios", scenario, "want/deploy/gcloud/firewall.sh")
	cmd := exec.CommandContext(t.Context(), bash, append([]string{script}, args...)...)
	cmd.Env = []string{"PATH=" + dir + ":/usr/bin:/bin"}
	out, err := cmd.CombinedOutput()
	if err != nil && !errors.As(err, new(*exec.ExitError)) {
		t.Fatal(err)
	}
	t.Log(string(out))
	return cmd.ProcessState.ExitCode()
}

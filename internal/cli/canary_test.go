package cli_test

import (
	"encoding/base64"
	"encoding/hex"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// TestCanary plants secrets wherever a person may put one, by right or by mistake, runs every
// command that reads the place, and looks for them in all that comes out. A secret may leave
// in two ways only: on a pipe, with secrets included, and into the directory credentials.
func TestCanary(t *testing.T) {
	for _, group := range []struct {
		inputs   []input
		commands []command
	}{
		{tokenInputs(), slices.Concat(meshCommands(), tokenCommands())},
		{environmentInputs(), slices.Concat(meshCommands(), kubeconfigCommands())},
		{meshInputs(), meshCommands()},
		{factsInputs(), meshCommands()},
		{caInputs(), caCommands()},
		{sealInputs(), sealCommands()},
		{credentialsInputs(), credentialsCommands()},
		{tokenInputs(), credentialsCommands()},
		{exchangeInputs(), exchangeCommands()},
		{gkeInputs(), gkeCommands()},
		{kubeconfigInputs(), kubeconfigCommands()},
	} {
		for _, input := range group.inputs {
			t.Run(input.name, func(t *testing.T) {
				files := input.enter(t)
				for _, command := range group.commands {
					command.check(t, files)
				}
			})
		}
	}
}

// input is a workspace with a secret in it.
type input struct {
	name  string
	files map[string]string // beside those of twoClusters, or instead of them
	env   map[string]string
}

// enter returns the files that are there.
func (i input) enter(t *testing.T) map[string]string {
	files := twoClusters()
	maps.Copy(files, i.files)
	enter(t, files)
	for name, value := range i.env {
		t.Setenv(name, value)
	}
	return files
}

// command is a command line; stdout of some may hold the secret of a token file.
type command struct {
	args     string
	terminal bool
	reveals  bool
}

func (c command) check(t *testing.T, files map[string]string) {
	got := run(c.terminal, strings.Fields(c.args)...)
	if !c.reveals {
		noSecret(t, "stdout of "+c.args, got.stdout)
	}
	noSecret(t, "stderr of "+c.args, got.stderr)
	for name, text := range filesHere(t) {
		if text != files[name] && !strings.HasPrefix(name, "credentials/") {
			noSecret(t, name+" of "+c.args, text)
		}
	}
}

// meshCommands read mesh.yaml and the facts, and tokens only to mask them.
func meshCommands() []command {
	return []command{
		{args: "validate"},
		{args: "validate -o json"},
		{args: "validate --secrets"},
		{args: "validate --secrets -o json"},
		{args: "validate --secrets mesh.yaml clusters credentials"},
		{args: "render --cluster=east --secrets=mask"},
		{args: "render --cluster=east --secrets=skip"},
		{args: "render --cluster=nobody"},
		{args: "render --context=nobody"},
		{args: "render --output-dir=deploy"},
	}
}

// tokenCommands read tokens.
func tokenCommands() []command {
	return []command{
		{args: "render --cluster=east", reveals: true},
		{args: "render --cluster=east", terminal: true},
		{args: "render --cluster=east -o json", reveals: true},
		{args: "render --cluster=east -o json", terminal: true},
		{args: "render --context=ctx-east --secrets=mask -o json"},
		{args: "render --cluster=east --secrets=skip -o json"},
		{args: "status"},
		{args: "status -o json"},
		{args: "describe link"},
		{args: "describe link east-west"},
		{args: "describe link east-west -o json"},
		{args: "render --cluster=west"},
		{args: "render --output-dir=deploy --check"},
		{args: "render --output-dir=deploy --secrets=include"},
		{args: "render --output-dir=deploy --secrets=include --check"},
		{args: "render --output-dir=deploy --secrets=include --force --cluster=east"},
		{args: "validate -o yaml"},
	}
}

// kubeconfigCommands read a kubeconfig. The last one replaces mesh.yaml.
func kubeconfigCommands() []command {
	return []command{
		{args: "render"},
		{args: "render --kubeconfig=kubeconfig --secrets=skip"},
		{args: "status"},
		{args: "init -f - --name=shop"},
		{args: "init -f - --name=shop --kubeconfig=kubeconfig --context=fine --context=planted"},
		{args: "init -f - --name=shop --context=nobody"},
		{args: "init --name=shop"},
		{args: "init --name=shop --force"},
	}
}

// TestCanaryCompletion does the same for what the shells ask, which cobra writes to the
// stdout of the process.
func TestCanaryCompletion(t *testing.T) {
	for _, input := range slices.Concat(brokenInputs("mesh.yaml", "mesh"), factsInputs(), kubeconfigInputs()) {
		t.Run(input.name, func(t *testing.T) {
			input.enter(t)
			for _, args := range [][]string{{"--cluster", ""}, {"--kubeconfig=kubeconfig", "--context", ""}} {
				out, err := exec.CommandContext(t.Context(), "kubectl-mesh", append([]string{"__complete", "render"}, args...)...).CombinedOutput()
				if err != nil {
					t.Errorf("%q: %v", args, err)
				}
				noSecret(t, "completion", string(out))
			}
		})
	}
}

// TestCanarySings shows that the test would notice: where a secret may come out, it does.
func TestCanarySings(t *testing.T) {
	tokenInputs()[0].enter(t)
	if got := run(false, "render", "--cluster=east"); leaked(got.stdout) == "" {
		t.Errorf("no secret in the stream:\n%s%s", got.stdout, got.stderr)
	}
	run(false, "render", "--output-dir=deploy", "--secrets=include")
	if text := filesHere(t)["credentials/overlays/east/remote-secret-west.yaml"]; leaked(text) == "" {
		t.Errorf("no secret in the private overlay:\n%s", text)
	}
	for _, text := range []string{
		"x" + canaryPassword, base64.StdEncoding.EncodeToString([]byte("user:" + canaryPassword)),
		base64.StdEncoding.EncodeToString([]byte(canaryToken())), canaryKeyData(),
		url.QueryEscape(canaryKey()), hex.EncodeToString([]byte(canaryBasic)), strings.ToLower(canaryToken()),
	} {
		if leaked(text) == "" {
			t.Errorf("nothing found in %s", text)
		}
	}
}

func noSecret(t *testing.T, where, text string) {
	t.Helper()
	if marker := leaked(text); marker != "" {
		t.Errorf("%s has the secret %q:\n%s", where, marker, text)
	}
}

// leaked returns the first secret that a text holds, in any case and in the usual encodings.
func leaked(text string) string {
	text = strings.ToLower(text)
	for _, marker := range canaryMarkers() {
		for _, form := range forms(marker) {
			if strings.Contains(text, strings.ToLower(form)) {
				return marker
			}
		}
	}
	return ""
}

// forms of a secret: as it is, and as the inside of a longer text in base64 or hex.
func forms(marker string) []string {
	found := []string{marker, hex.EncodeToString([]byte(marker))}
	for shift := range 3 {
		coded := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("-", shift) + marker + "--"))
		found = append(found, coded[4:len(coded)-8])
	}
	return found
}

// filesHere returns all files below the current directory.
func filesHere(t *testing.T) map[string]string {
	t.Helper()
	files := map[string]string{}
	here := os.DirFS(".")
	err := fs.WalkDir(here, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(here, path)
		files[path] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

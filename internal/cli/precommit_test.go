package cli_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// TestPreCommitHooks runs what .pre-commit-hooks.yaml tells pre-commit to run, as it does: in the top
// directory of the repository, with the names of what is staged.
func TestPreCommitHooks(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("no git")
	}
	text, err := os.ReadFile("../../.pre-commit-hooks.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var hooks []struct{ ID, Entry string }
	if err := yaml.Unmarshal(text, &hooks); err != nil || len(hooks) != 4 {
		t.Fatalf("%d hooks: %v", len(hooks), err)
	}
	for _, hook := range hooks {
		if strings.Contains(hook.ID, "review") {
			t.Run(hook.ID, func(t *testing.T) { testReviewHook(t, hook.Entry) })
			continue
		}
		t.Run(hook.ID, func(t *testing.T) {
			files := twoClusters()
			files["mesh/notes of east.yaml"] = "note: fine\n"
			enter(t, files)
			git(t, "init", "-q", ".")
			git(t, "add", "mesh.yaml", "clusters", "mesh")
			if out, err := hookRun(t, hook.Entry); err != nil {
				t.Errorf("clean: %v\n%s", err, out)
			}
			if err := os.WriteFile("mesh/notes of east.yaml", []byte("note: "+canaryToken()+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			git(t, "add", "mesh")
			out, err := hookRun(t, hook.Entry)
			if err == nil || !strings.Contains(out, "mesh/notes of east.yaml:1: json-web-token: a bearer token") {
				t.Errorf("with a token: %v\n%s", err, out)
			}
			noSecret(t, "hook", out)
		})
	}
}

// testReviewHook: the hook says what a commit means, and fails none.
func testReviewHook(t *testing.T, entry string) {
	enter(t, twoClusters())
	git(t, "init", "-q", ".")
	git(t, "add", "mesh.yaml", "clusters")
	git(t, "-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-q", "-m", "base")
	text, err := os.ReadFile("mesh.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("mesh.yaml", []byte(strings.Replace(string(text), "203.0.113.10", "203.0.113.66", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	words := strings.Fields(entry)
	out, err := exec.CommandContext(t.Context(), words[0], words[1:]...).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "MC010 API server address changed") {
		t.Errorf("%v\n%s", err, out)
	}
}

func hookRun(t *testing.T, entry string) (string, error) {
	t.Helper()
	staged := strings.Split(strings.TrimRight(git(t, "diff", "--cached", "--name-only", "-z"), "\x00"), "\x00")
	words := append(strings.Fields(entry), staged...)
	out, err := exec.CommandContext(t.Context(), words[0], words[1:]...).CombinedOutput()
	return string(out), err
}

func git(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", args...)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("git %q: %v", args, err)
	}
	return string(out)
}

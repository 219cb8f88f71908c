package cli_test

import (
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// Every command of the page about credentials runs, and its hooks are those that there are.
func TestSecretsPage(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs a POSIX shell")
	}
	page, err := os.ReadFile("../../docs/secrets.md")
	if err != nil {
		t.Fatal(err)
	}
	hooks, err := os.ReadFile("../../.pre-commit-hooks.yaml")
	if err != nil {
		t.Fatal(err)
	}
	review, err := os.ReadFile("../../docs/review.md")
	if err != nil {
		t.Fatal(err)
	}
	var defined []struct{ ID string }
	if err := yaml.Unmarshal(hooks, &defined); err != nil {
		t.Fatal(err)
	}
	for _, hook := range defined {
		if !strings.Contains(string(page)+string(review), hook.ID) {
			t.Errorf("no page names hook %s", hook.ID)
		}
	}
	enter(t, twoClusters())
	var examples []string
	for i, block := range strings.Split(string(page), "\n```") {
		if body, ok := strings.CutPrefix(block, "sh\n"); ok && i%2 == 1 {
			examples = append(examples, body)
		}
	}
	if len(examples) != 1 {
		t.Fatalf("%d examples: is the search broken?", len(examples))
	}
	cmd := exec.CommandContext(t.Context(), "sh", "-e")
	cmd.Stdin = strings.NewReader("kubectl() { shift; kubectl-mesh \"$@\"; }\n" + strings.Join(examples, "\n"))
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "no credential in ") {
		t.Errorf("%v\n%s", err, out)
	}
}

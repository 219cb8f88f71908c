package cli_test

import (
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
)

// awayFromClusters stands between the page and the program: what needs clusters is done by the steps that need none.
const awayFromClusters = `
kubectl() {
  test "$1" = mesh || return 0
  shift
  case "$*" in
  "render --apply"* | "collect"*) return 0 ;;
  "credentials status --live") kubectl-mesh credentials status ;;
  "credentials rotate --link west-east --apply")
    kubectl-mesh credentials rotate --link west-east
    kubectl-mesh credentials rotate --link west-east --step drop --offline || grep -q 'west:' .kubectl-mesh/state.yaml ;;
  "credentials revoke --link west-east --apply") kubectl-mesh "$@" || grep -q revokedReaders .kubectl-mesh/state.yaml ;;
  *) kubectl-mesh "$@" ;;
  esac
}
`

// Every example of the page about credentials runs, one after the other.
func TestCredentialsPage(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs a POSIX shell")
	}
	text, err := os.ReadFile("../../docs/credentials.md")
	if err != nil {
		t.Fatal(err)
	}
	var examples []string
	for i, block := range strings.Split(string(text), "\n```") {
		if body, ok := strings.CutPrefix(block, "sh\n"); ok && i%2 == 1 {
			examples = append(examples, body)
		}
	}
	if len(examples) != 6 {
		t.Fatalf("%d examples: is the search broken?", len(examples))
	}
	enter(t, twoClusters())
	cmd := exec.CommandContext(t.Context(), "sh", "-e")
	cmd.Stdin = strings.NewReader(awayFromClusters + strings.Join(examples, "\n"))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	facts, err := os.ReadFile(".kubectl-mesh/state.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if got := string(facts); !strings.Contains(got, "revokedReaders:\n        west: 3\n") || !strings.Contains(got, "west:\n        - 4\n") {
		t.Errorf("after all examples the facts of east are\n%s", got)
	}
}

package cli_test

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// aside is what stands between the page and the program in the test: the passphrase that a person
// would type, clusters that are not there, and the time that passes between two phases.
const aside = `
kubectl() {
  test "$1" = mesh || return 0
  shift
  case "$1 $2" in
  "render --apply") return 0 ;;
  "ca rotate")
    case "$*" in *--root*) set -- "$@" --workloads-renewed ;; esac
    kubectl-mesh "$@" --passphrase-fd 3 3<passphrase ;;
  "ca init" | "ca issue" | "ca sign") kubectl-mesh "$@" --passphrase-fd 3 3<passphrase ;;
  "ca request") FINGERPRINT=$(kubectl-mesh "$@") ;;
  *) kubectl-mesh "$@" ;;
  esac
}
`

// Every example of the page about certificates runs, one after the other, in the workspace of a
// reader; only the part about another PKI is in a workspace of its own.
func TestCertificatesPage(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs a POSIX shell")
	}
	text, err := os.ReadFile("../../docs/certificates.md")
	if err != nil {
		t.Fatal(err)
	}
	var ours, theirs []string
	for _, part := range strings.Split(string(text), "\n## ") {
		var blocks []string
		for i, block := range strings.Split(part, "\n```") {
			if body, ok := strings.CutPrefix(block, "sh\n"); ok && i%2 == 1 {
				blocks = append(blocks, body)
			}
		}
		if strings.HasPrefix(part, "Your own PKI") {
			theirs = append(theirs, blocks...)
			continue
		}
		ours = append(ours, blocks...)
	}
	if len(ours) < 5 || len(theirs) != 1 {
		t.Fatalf("%d and %d examples: is the search broken?", len(ours), len(theirs))
	}
	t.Run("ours", func(t *testing.T) { runExamples(t, ours) })
	t.Run("theirs", func(t *testing.T) {
		if _, err := exec.LookPath("openssl"); err != nil {
			t.Skip("needs openssl")
		}
		runExamples(t, append([]string{`openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout root.key -out root.crt -subj /CN=root -addext keyUsage=critical,keyCertSign`}, theirs...))
	})
}

func runExamples(t *testing.T, examples []string) {
	t.Helper()
	files := map[string]string{"passphrase": "correct horse\n"}
	maps.Copy(files, signingClusters())
	enter(t, files)
	cmd := exec.CommandContext(t.Context(), "sh", "-e")
	cmd.Stdin = strings.NewReader(aside + strings.Join(examples, "\n"))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if _, err := os.Stat(filepath.Join("trust", "east", "ca-cert.pem")); err != nil {
		t.Error(err)
	}
}

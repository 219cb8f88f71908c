package cli_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// awayFromControllers stands between the page and the programs that need clusters or a server: it records how they are
// called. Only kubectl mesh and git run, without asking a cluster.
const awayFromControllers = `
note() { printf '%s\n' "$*" >>"$CALLS"; }
flux() { note flux "$@"; }
argocd() { note argocd "$@"; }
git() {
  case "$1" in
  push) note git "$@" ;;
  *) command git -c user.name=test -c user.email=test@example.com "$@" ;;
  esac
}
kubectl() {
  test "$1" = mesh || { note kubectl "$@"; return; }
  shift
  case "$1" in
  check) note kubectl mesh "$@"; kubectl-mesh "$@" || test $? = 3 ;; # there is no kubeconfig
  *) kubectl-mesh "$@" ;;
  esac
}
`

// TestGitOpsPage runs the commands of docs/gitops.md in the order of the page: what is committed, and how kubectl, Flux
// and Argo CD are called. The arguments are those of https://fluxcd.io/flux/cmd/flux_reconcile_kustomization/ and of
// https://argo-cd.readthedocs.io/en/latest/user-guide/commands/argocd_app_sync/, as of December 2026. test/gitops has the
// manifests.
func TestGitOpsPage(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs a POSIX shell")
	}
	page, err := os.ReadFile("../../docs/gitops.md")
	if err != nil {
		t.Fatal(err)
	}
	var examples []string
	for i, block := range strings.Split(string(page), "\n```") {
		language, body, _ := strings.Cut(block, "\n")
		if i%2 == 1 && (language == "sh" || language == "bash") {
			examples = append(examples, body)
		}
	}
	if len(examples) != 3 {
		t.Fatalf("%d examples: is the search broken?", len(examples))
	}
	calls := filepath.Join(t.TempDir(), "calls")
	enter(t, twoClusters())
	cmd := exec.CommandContext(t.Context(), "sh", "-e")
	cmd.Env = append(os.Environ(), "CALLS="+calls, "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1")
	cmd.Stdin = strings.NewReader(awayFromControllers + strings.Join(examples, "\n"))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	called, err := os.ReadFile(calls)
	if err != nil {
		t.Fatal(err)
	}
	want := `git push
kubectl --context east -n flux-system create secret generic sops-age --from-file=east.agekey
flux --context east reconcile kustomization mesh --with-source
kubectl mesh check --cluster east
argocd app sync mesh-east mesh-west
kubectl mesh check
`
	if diff := cmp.Diff(want, string(called)); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	files, err := exec.CommandContext(t.Context(), "git", "ls-files").Output()
	if err != nil {
		t.Fatal(err)
	}
	for name, committed := range map[string]bool{"mesh.yaml": true, "deploy/overlays/east/kustomization.yaml": true, "credentials/east/west/token": false} {
		if strings.Contains(string(files), name+"\n") != committed {
			t.Errorf("%s is committed: %t, want %t", name, !committed, committed)
		}
	}
}

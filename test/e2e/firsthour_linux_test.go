package e2e

import (
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/kubectl-mesh/kubectl-mesh/test/e2e/clusters"
)

// maxFirstHour is how many commands lead from nothing to a mesh that was checked, make demo included.
const maxFirstHour = 8

// TestFirstHour joins two clusters at a terminal, as somebody does who has read nothing: each command is the one that the
// last line before it names.
func TestFirstHour(t *testing.T) {
	all := clusters.Start(t, "east", "west")
	h := &firstHour{workspace: workspace{dir: filepath.Join(t.TempDir(), "shop"), kubeconfig: filepath.Join(t.TempDir(), "kubeconfig")}}
	config := clientcmdapi.NewConfig()
	for _, c := range all {
		c.AddTo(config, c.Name)
	}
	h.writeKubeconfig(t, config)
	if err := os.Mkdir(h.dir, 0o700); err != nil {
		t.Fatal(err)
	}

	h.demo(t)
	h.follow(t, "init", 0)
	h.decide(t)
	h.follow(t, "validate", 3) // there is no root yet
	h.follow(t, "ca init", 0)
	h.follow(t, "ca issue --all", 0)
	h.follow(t, "render --output-dir deploy", 0)
	h.follow(t, "render --apply", 0)
	root, _ := pem.Decode([]byte(h.read(t, "trust/root-cert.pem")))
	for _, c := range all { // as deploy/INSTALL.md says
		istiod{image: "istio/pilot:1.30.5", clusterID: c.Name, meshConfig: "trustDomain: cluster.local"}.install(t, c)
		publishRoots(t, c, root.Bytes)
		other := all[1-slices.Index(all, c)].Name
		running := startIstiod(t, c)
		running.says(c.Name, map[string]string{other: "synced"})
		defer running.knows()()
	}
	h.wantOpen(t, "CHECK001 warning") // the root is not pinned
	h.follow(t, "check", 0)
	if h.next != "" || h.count > maxFirstHour {
		t.Errorf("it took %d commands, and after the last one %q is next", h.count, h.next)
	}
}

// firstHour is a directory in which a person does what is said.
type firstHour struct {
	workspace
	screen, next string
	count        int
}

// demo runs make demo with the program under test, which is not built again.
func (h *firstHour) demo(t *testing.T) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "make", "--silent", "demo", "BUILD=true", "BIN="+filepath.Dir(program))
	cmd.Dir = filepath.Join("..", "..")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("make demo: %v\n%s", err, out)
	}
	h.remember(string(out))
}

// follow runs the command that is next, which is expected to be this one.
func (h *firstHour) follow(t *testing.T, want string, code int) {
	t.Helper()
	command, ours := strings.CutPrefix(h.next, "kubectl mesh ")
	if !ours || command != want {
		t.Fatalf("after %d commands %q is next, want kubectl mesh %s, by\n%q", h.count, h.next, want, h.screen)
	}
	const passphrase = "correct horse battery staple\n"
	got := newTerminal(t).answer(t, h.workspace, map[string]string{
		"the new root key: ": passphrase, "confirm passphrase: ": passphrase, "root-key.pem.age: ": passphrase, "[y/N] ": "y\n",
	}, strings.Fields(command)...)
	got.wantCode(t, code)
	noCredential(t, got)
	h.remember(got.stderr)
}

// eraseLine is what takes a progress line away.
const eraseLine = "\x1b[K"

// remember takes the next command from the last line.
func (h *firstHour) remember(screen string) {
	h.count, h.screen = h.count+1, screen
	lines := strings.Split(strings.TrimRight(screen, "\n"), "\n")
	shown := strings.Split(lines[len(lines)-1], eraseLine)
	h.next = ""
	if next, found := strings.CutPrefix(shown[len(shown)-1], "next: "); found {
		h.next = next
	}
}

// decide edits what init asks to decide: tokens may be valid forever, and both API servers are on this machine, in one
// network.
func (h *firstHour) decide(t *testing.T) {
	t.Helper()
	text := h.read(t, "mesh.yaml")
	for _, name := range []string{"east", "west"} {
		text = strings.ReplaceAll(text, "context: "+name+"\n", "context: "+name+"\n      network: vpc-a\n")
	}
	h.write(t, "mesh.yaml", text+"  waivers: [{rule: MESH006, reason: all on one machine}]\n  reader: {allowNonExpiring: true}\n")
}

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"sigs.k8s.io/yaml"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// aside is what stands between the page and the program: root keys without a passphrase, which takes a second
// each time, and clusters that are not there.
const aside = `
inCluster() { return 1; }
kubectl() {
  test "$1" = mesh || { inCluster "$@"; return; }
  shift
  case "$1 $2" in
  "render --apply") return 0 ;;
  "ca init") kubectl-mesh "$@" --insecure-no-passphrase ;;
  "ca rotate") kubectl-mesh "$@" --workloads-renewed ;;
  *) kubectl-mesh "$@" ;;
  esac
}
`

const (
	shopMesh = "apiVersion: kubectl-mesh.dev/v1alpha1\nkind: Mesh\nmetadata: {name: shop}\nspec:\n  reader: {allowNonExpiring: true}\n%s  clusters:\n%s"
	east     = "  - {name: east, api: {server: \"https://203.0.113.10\"}}\n"
	west     = "  - {name: west, api: {server: \"https://203.0.113.20\"}}\n"
)

// TestJoinOfTwoMeshes runs the examples of that part of docs/certificates.md, in the order of the page, over
// two workspaces with a root each.
func TestJoinOfTwoMeshes(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs a POSIX shell")
	}
	commands := joinCommands(t)
	dir := t.TempDir()
	shop, store := filepath.Join(dir, "shop"), filepath.Join(dir, "store")
	for workspace, clusters := range map[string]string{shop: east, store: west} {
		write(t, filepath.Join(workspace, "mesh.yaml"), fmt.Sprintf(shopMesh, "", clusters))
		sh(t, workspace, "kubectl mesh ca init\nkubectl mesh ca issue --all\nkubectl mesh render --output-dir deploy")
	}
	ours, theirs := read(t, shop, "trust/root-cert.pem"), read(t, store, "trust/root-cert.pem")
	pins, err := trust.Fingerprints(append(bytes.Clone(ours), theirs...))
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(shop, "mesh.yaml"), fmt.Sprintf(shopMesh, "  trust: {ca: {roots: ["+strings.Join(pins, ", ")+"]}}\n  links: []\n", east+west))

	said := sh(t, shop, commands.compare)
	if !strings.Contains(said, "root SHA-256 "+pins[1]) {
		t.Errorf("the fingerprint of the other root is not shown:\n%s", said)
	}
	sh(t, shop, commands.public)
	if got := read(t, shop, "trust/root-cert.pem"); !bytes.Equal(got, append(bytes.Clone(ours), theirs...)) {
		t.Errorf("the roots are\n%s", got)
	}
	sh(t, shop, commands.key)
	wantBelieve(t, shop)
	wantVerified(t, shop)

	other := filepath.Join(dir, "other")
	sh(t, dir, "cp -R shop other")
	sh(t, shop, commands.end)
	wantAlone(t, shop, ours)
	// The last sentence of that part: to end with the other root.
	sh(t, other, "cp ../store/credentials/root-key.pem credentials/next-root-key.pem\n"+strings.ReplaceAll(commands.end, " --abort", ""))
	wantAlone(t, other, theirs)
}

// joining are the examples of the page.
type joining struct{ compare, public, key, end string }

func joinCommands(t *testing.T) joining {
	t.Helper()
	blocks := bashBlocks(t, "Join two meshes that have a root each", 4)
	return joining{compare: blocks[0], public: blocks[1], key: blocks[2], end: blocks[3]}
}

// bashBlocks are the examples of a part of docs/certificates.md that runs in workspaces of its own.
func bashBlocks(t *testing.T, heading string, want int) []string {
	t.Helper()
	page, err := os.ReadFile("../../docs/certificates.md")
	if err != nil {
		t.Fatal(err)
	}
	_, part, _ := strings.Cut(string(page), "\n## "+heading+"\n")
	part, _, _ = strings.Cut(part, "\n## ")
	var blocks []string
	for i, block := range strings.Split(part, "\n```") {
		if body, ok := strings.CutPrefix(block, "bash\n"); ok && i%2 == 1 {
			blocks = append(blocks, body)
		}
	}
	if len(blocks) != want {
		t.Fatalf("%d examples under %q: is the search broken?", len(blocks), heading)
	}
	return blocks
}

func sh(t *testing.T, dir, commands string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "sh", "-e")
	cmd.Dir, cmd.Stdin = dir, strings.NewReader(aside+commands)
	cmd.Env = append(os.Environ(), "KUBECONFIG="+filepath.Join(dir, "no-kubeconfig"))
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s\n%v\n%s", commands, err, out)
	}
	return string(out)
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, workspace, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(workspace, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// bundle is what a cluster gets, with its key.
func bundle(t *testing.T, workspace, cluster string) trust.Bundle {
	t.Helper()
	key, err := trust.ParseKey(read(t, workspace, "credentials/"+cluster+"/ca-key.pem"))
	if err != nil {
		t.Fatal(err)
	}
	return trust.Bundle{CACert: read(t, workspace, "trust/"+cluster+"/ca-cert.pem"), Chain: read(t, workspace, "trust/"+cluster+"/cert-chain.pem"),
		Root: read(t, workspace, "trust/root-cert.pem"), Key: key}
}

// wantBelieve wants every cluster to accept what every cluster signs.
func wantBelieve(t *testing.T, workspace string) {
	t.Helper()
	names := trust.Names{TrustDomain: "cluster.local", Namespace: "istio-system"}
	for _, one := range []string{"east", "west"} {
		b := bundle(t, workspace, one)
		if err := b.Check(time.Now()); err != nil {
			t.Errorf("%s: %v", one, err)
		}
		if err := b.Inspect(names).Problem; err != nil {
			t.Errorf("%s: %v", one, err)
		}
		for _, other := range []string{"east", "west"} {
			if !b.Trusts(bundle(t, workspace, other)) {
				t.Errorf("%s does not believe %s", one, other)
			}
		}
	}
}

// wantAlone wants one root, byte for byte, under which every cluster signs.
func wantAlone(t *testing.T, workspace string, root []byte) {
	t.Helper()
	if got := read(t, workspace, "trust/root-cert.pem"); !bytes.Equal(got, root) {
		t.Errorf("the roots are\n%s\nwant\n%s", got, root)
	}
	wantBelieve(t, workspace)
}

// wantVerified wants openssl to accept a workload of each cluster with the roots that the other one is sent.
func wantVerified(t *testing.T, workspace string) {
	t.Helper()
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Skip("needs openssl, for the opinion of another program")
	}
	for one, other := range map[string]string{"east": "west", "west": "east"} {
		roots, signer := cacerts(t, workspace, one), cacerts(t, workspace, other)
		dir := t.TempDir()
		for name, text := range signer {
			write(t, filepath.Join(dir, name), text)
		}
		write(t, filepath.Join(dir, "peer.pem"), roots["root-cert.pem"])
		write(t, filepath.Join(dir, "ext"), "subjectAltName=critical,URI:spiffe://cluster.local/ns/default/sa/cart\nextendedKeyUsage=serverAuth,clientAuth\n")
		out := sh(t, dir, `openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout leaf.key -subj / -out leaf.csr 2>/dev/null
openssl x509 -req -in leaf.csr -CA ca-cert.pem -CAkey ca-key.pem -days 1 -extfile ext -out leaf.pem 2>/dev/null
for purpose in sslclient sslserver; do
  openssl verify -no-CApath -no-CAstore -x509_strict -purpose $purpose -CAfile peer.pem -untrusted cert-chain.pem leaf.pem
done
`)
		if strings.Count(out, "leaf.pem: OK\n") != 2 {
			t.Errorf("%s refuses a workload of %s:\n%s", one, other, out)
		}
	}
}

// cacerts is what the Secret of a cluster holds, as it is rendered for a pipe.
func cacerts(t *testing.T, workspace, cluster string) map[string]string {
	t.Helper()
	stream := sh(t, workspace, "kubectl mesh render --cluster "+cluster+" --secrets=include 2>/dev/null")
	for _, document := range strings.Split(stream, "\n---\n") {
		var secret struct {
			Metadata   struct{ Name string }
			StringData map[string]string
		}
		if err := yaml.Unmarshal([]byte(document), &secret); err == nil && secret.Metadata.Name == "cacerts" {
			return secret.StringData
		}
	}
	t.Fatalf("no cacerts for %s in\n%s", cluster, stream)
	return nil
}

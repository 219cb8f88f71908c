package main

import (
	"bytes"
	"fmt"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// inWest is cluster west, whose istiod has created its own root. It records that istiod was restarted.
const inWest = `
inCluster() {
  case "$*" in
  '--context west -n istio-system get configmap istio-ca-root-cert -o jsonpath={.data.root-cert\.pem}') cat ../west/trust/root-cert.pem ;;
  '--context west -n istio-system rollout restart deployment/istiod') echo restarted ;;
  *) echo "not a command of the page: $*" >&2; return 1 ;;
  esac
}
`

// TestMoveOfACluster runs the examples of that part of docs/certificates.md, in the order of the page.
func TestMoveOfACluster(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs a POSIX shell")
	}
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Skip("needs openssl")
	}
	blocks := bashBlocks(t, "Move a cluster from its own root to the mesh's root", 2)
	dir := t.TempDir()
	shop, own := filepath.Join(dir, "shop"), filepath.Join(dir, "west")
	for workspace, clusters := range map[string]string{shop: east + west, own: west} {
		write(t, filepath.Join(workspace, "mesh.yaml"), fmt.Sprintf(shopMesh, "", clusters))
		sh(t, workspace, "kubectl mesh ca init\nkubectl mesh ca issue --all")
	}
	ours, theirs := read(t, shop, "trust/root-cert.pem"), read(t, own, "trust/root-cert.pem")
	both := append(bytes.Clone(ours), theirs...)
	pins, err := trust.Fingerprints(both)
	if err != nil {
		t.Fatal(err)
	}

	shown := strings.ToLower(strings.ReplaceAll(sh(t, shop, inWest+blocks[0]), ":", ""))
	if !strings.Contains(shown, pins[1]) {
		t.Errorf("the fingerprint of west's root is not shown:\n%s", shown)
	}
	write(t, filepath.Join(shop, "mesh.yaml"),
		fmt.Sprintf(shopMesh, "  trust: {ca: {roots: ["+strings.Join(pins, ", ")+"]}}\n", east+west))

	first, then, found := strings.Cut(blocks[1], "\n# ")
	if !found {
		t.Fatalf("the example does not wait for the workloads:\n%s", blocks[1])
	}
	if said := sh(t, shop, inWest+first); !strings.Contains(said, "restarted\n") {
		t.Errorf("istiod of west is not restarted:\n%s", said)
	}
	if got := read(t, shop, "trust/root-cert.pem"); !bytes.Equal(got, both) {
		t.Errorf("the roots are\n%s\nwant\n%s", got, both)
	}
	wantBelieve(t, shop)
	sh(t, shop, inWest+"# "+then)
	wantAlone(t, shop, ours)
}

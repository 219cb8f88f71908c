package benchmark_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// mesh is a workspace of clusters, with a token for each remote secret that a benchmark renders.
type mesh struct{ folder, program string }

func name(i int) string { return fmt.Sprintf("cluster-%04d", i) }

// newMesh links all clusters. A stream needs the tokens of one consumer; a small mesh gets all of them.
func newMesh(b *testing.B, clusters int) mesh {
	b.Helper()
	return newWorkspace(b, clusters, `[{between: ["*"]}]`, func(consumer int) bool { return clusters <= 100 || consumer == 0 })
}

// newHub links one cluster, the first, with all others: it calls them.
func newHub(b *testing.B, clusters int) mesh {
	b.Helper()
	return newWorkspace(b, clusters, "[{from: ["+name(0)+`], to: ["*"]}]`, func(consumer int) bool { return consumer == 0 })
}

// newWorkspace has tokens of those consumers that have some.
func newWorkspace(b *testing.B, clusters int, links string, hasTokens func(consumer int) bool) mesh {
	b.Helper()
	m := mesh{folder: b.TempDir(), program: filepath.Join(b.TempDir(), "kubectl-mesh")}
	build := command(b, ".", "go", "build", "-o", m.program, "../../cmd/kubectl-mesh")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("build: %v\n%s", err, out)
	}
	m.write(b, "mesh.yaml", meshYAML(b, clusters, links))
	for target := range clusters {
		for consumer := range clusters {
			if target != consumer && hasTokens(consumer) {
				m.write(b, filepath.Join("credentials", name(target), name(consumer), "token"), token(name(consumer)))
			}
		}
	}
	return m
}

func (m mesh) write(b *testing.B, file, text string) {
	b.Helper()
	path := filepath.Join(m.folder, file)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
}

func (m mesh) read(b *testing.B, file string) string {
	b.Helper()
	text, err := os.ReadFile(filepath.Join(m.folder, file))
	if err != nil {
		b.Fatal(err)
	}
	return string(text)
}

func (m mesh) command(b *testing.B, args ...string) *exec.Cmd {
	b.Helper()
	cmd := command(b, m.folder, m.program, args...)
	cmd.Env = []string{"KUBECONFIG=/nonexistent", "PATH=" + os.Getenv("PATH")}
	return cmd
}

func (m mesh) run(b *testing.B, args ...string) *exec.Cmd {
	b.Helper()
	cmd := m.command(b, args...)
	if _, err := cmd.Output(); err != nil {
		b.Fatalf("%v: %v", cmd, err)
	}
	return cmd
}

func meshYAML(b *testing.B, clusters int, links string) string {
	b.Helper()
	authority := base64.StdEncoding.EncodeToString(certificate(b))
	var text strings.Builder
	text.WriteString("apiVersion: kubectl-mesh.dev/v1alpha1\nkind: Mesh\nmetadata: {name: bench}\nspec:\n  reader: {allowNonExpiring: true}\n  trust: {ca: {provider: none}}\n  links: " + links + "\n  clusters:\n")
	for i := range clusters {
		fmt.Fprintf(&text, "  - name: %s\n    context: context-%04d\n    network: flat\n    podCIDRs: [10.%d.%d.0/24]\n", name(i), i, i/256, i%256)
		fmt.Fprintf(&text, "    api:\n      server: https://api-%04d.example.com:6443\n      certificateAuthorityData: %s\n", i, authority)
	}
	return text.String()
}

// token has the size and the form of a real one: an RS256 signature is 342 characters.
func token(consumer string) string {
	encode := base64.RawURLEncoding.EncodeToString
	claims := fmt.Sprintf(`{"iss":"kubernetes/serviceaccount","kubernetes.io/serviceaccount/namespace":"istio-system",`+
		`"kubernetes.io/serviceaccount/secret.name":"mesh-reader-%s-token","sub":"system:serviceaccount:istio-system:mesh-reader-%s"}`, consumer, consumer)
	return strings.Join([]string{encode([]byte(`{"alg":"RS256","kid":"benchmark"}`)), encode([]byte(claims)), strings.Repeat("x", 342)}, ".")
}

func certificate(b *testing.B) []byte {
	b.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "kubernetes"},
		NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true, DNSNames: []string{strings.Repeat("x", 60) + ".example.com"}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, public, private)
	if err != nil {
		b.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

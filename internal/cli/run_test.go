package cli_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/kubectl-mesh/kubectl-mesh/internal/cli"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/repository"
)

// result is what a run of the program has left for others to see.
type result struct {
	code           int
	stdout, stderr string
}

// run calls the program in the current directory.
func run(terminal bool, args ...string) result {
	streams, _, out, errOut := genericiooptions.NewTestIOStreams()
	code := cli.Main(cli.System{IOStreams: streams, OutIsTerminal: terminal}, append([]string{"kubectl-mesh"}, args...))
	return result{code, out.String(), errOut.String()}
}

// enter makes a new directory with these files the current one, and takes the kubeconfig away.
func enter(t *testing.T, files map[string]string) {
	t.Helper()
	t.Chdir(t.TempDir())
	t.Setenv("KUBECONFIG", "no-kubeconfig")
	if err := repository.Init("."); err != nil {
		t.Fatal(err)
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(files[name]), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// twoClusters is a workspace that renders, with its tokens.
func twoClusters() map[string]string {
	return map[string]string{
		"mesh.yaml": strings.TrimLeft(`
apiVersion: kubectl-mesh.dev/v1alpha1
kind: Mesh
metadata: {name: shop}
spec:
  trust: {ca: {provider: none}}
  reader: {allowNonExpiring: true}
  clusters:
  - {name: east, context: ctx-east, api: {server: "https://203.0.113.10", certificateAuthority: clusters/api.crt}}
  - {name: west, context: ctx-west, api: {server: "https://203.0.113.20", certificateAuthority: clusters/api.crt}}
`, "\n"),
		"clusters/api.crt":            authority,
		"credentials/west/east/token": fakeJWT(`{"sub":"system:serviceaccount:istio-system:mesh-reader-east"}`, "signed-for-east"),
		"credentials/east/west/token": fakeJWT(`{"sub":"system:serviceaccount:istio-system:mesh-reader-west"}`, "signed-for-west"),
	}
}

// signingClusters are the same with certificates of the workspace.
func signingClusters() map[string]string {
	files := twoClusters()
	files["mesh.yaml"] = strings.Replace(files["mesh.yaml"], "provider: none", "provider: files", 1)
	return files
}

// authority is a certificate; nobody has its key.
const authority = `-----BEGIN CERTIFICATE-----
MIHLMH+gAwIBAgIBATAFBgMrZXAwDzENMAsGA1UEAxMEZWFzdDAgFw0yNjAxMDEw
MDAwMDBaGA8yMTI2MDEwMTAwMDAwMFowDzENMAsGA1UEAxMEZWFzdDAqMAUGAytl
cAMhAIqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29cMAUGAytlcANBAOlB
y+/giZuj1Gg5jiUvCM3IkkxyeHxlxJQ1TYJ0LeedCXlCubk2TCGcil+2AtqFvp5B
VKc/QsjsJuq+MQeYzww=
-----END CERTIFICATE-----
`

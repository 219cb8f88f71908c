package initial_test

import (
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/kubectl-mesh/kubectl-mesh/internal/initial"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/files"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// authority is a certificate, as a kubeconfig has it.
func authority() []byte {
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
}

// kubeconfig writes one with these contexts, each with its cluster.
func kubeconfig(t *testing.T, clusters map[string]*clientcmdapi.Cluster) string {
	t.Helper()
	config := clientcmdapi.NewConfig()
	config.AuthInfos["jane"] = &clientcmdapi.AuthInfo{Token: "hush-hush"}
	for name, cluster := range clusters {
		config.Clusters[name] = cluster
		config.Contexts[name] = &clientcmdapi.Context{Cluster: name, AuthInfo: "jane"}
	}
	text, err := clientcmd.Write(*config)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	files.Write(t, dir, map[string]string{"config": string(text)})
	return filepath.Join(dir, "config")
}

// TestMake: the contexts as a mesh that can be rendered, with what their names tell.
func TestMake(t *testing.T) {
	ca := authority()
	var messages []string
	made, err := initial.Make(initial.Input{Name: "shop", File: "mesh.yaml", Log: func(n hint.Notice) { messages = append(messages, n.Text) }, Kubeconfig: kubeconfig(t, map[string]*clientcmdapi.Cluster{
		"gke_shop-prod_europe-west1-b_east": {Server: "https://203.0.113.1", CertificateAuthorityData: ca},
		"kind-west":                         {Server: "https://203.0.113.2:6443", TLSServerName: "api.west", ProxyURL: "http://proxy.example:8080"},
		"west-as-admin":                     {Server: "https://203.0.113.2:6443", TLSServerName: "api.west", ProxyURL: "http://proxy.example:8080"},
	})})
	if err != nil {
		t.Fatal(err)
	}
	if made.Clusters != 2 || strings.Contains(string(made.Text), "hush") {
		t.Errorf("got %d clusters, in\n%s", made.Clusters, made.Text)
	}
	if diff := cmp.Diff([]string{`skipping context "west-as-admin": it points at the same API server as "kind-west"`}, messages); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
	var lines []string
	for line := range strings.Lines(string(made.Text)) {
		line, _, _ = strings.Cut(strings.TrimRight(line, "\n"), " #")
		key, value, _ := strings.Cut(line, "certificateAuthorityData: ")
		if value != "" {
			line = key + "certificateAuthorityData: …"
		}
		if strings.TrimSpace(line) != "" && !strings.HasPrefix(strings.TrimSpace(line), "#") {
			lines = append(lines, line)
		}
	}
	want := `apiVersion: kubectl-mesh.dev/v1alpha1
kind: Mesh
metadata:
  name: shop
spec:
  clusters:
    - name: east
      context: gke_shop-prod_europe-west1-b_east
      platform: gke
      locality:
        region: europe-west1
        zone: europe-west1-b
      api:
        server: https://203.0.113.1
        certificateAuthorityData: …
      gke:
        project: shop-prod
        location: europe-west1-b
    - name: west
      context: kind-west
      api:
        server: https://203.0.113.2:6443
        tlsServerName: api.west
        proxyURL: http://proxy.example:8080`
	if diff := cmp.Diff(want, strings.Join(lines, "\n")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestMakeErrors: all contexts that cannot be used, each with what helps.
func TestMakeErrors(t *testing.T) {
	for _, test := range []struct {
		name     string
		config   map[string]*clientcmdapi.Cluster
		contexts []string
		want     []string
	}{
		{"no contexts", nil, nil, []string{"the kubeconfig has no contexts | specify a kubeconfig: --kubeconfig FILE"}},
		{"one verifies nothing", map[string]*clientcmdapi.Cluster{"east": {Server: "https://203.0.113.1", InsecureSkipTLSVerify: true}}, nil, []string{
			`read context "east": cluster "east": insecure-skip-tls-verify is set: a peer's control plane would send its token to any server | ` +
				"or omit the context: specify the others with --context"}},
		{"one that there is not", map[string]*clientcmdapi.Cluster{"east": {Server: "https://203.0.113.1"}}, []string{"eats"}, []string{
			`read context "eats": it is not in the kubeconfig | did you mean "east"?`}},
		{"an authority that does not exist", map[string]*clientcmdapi.Cluster{"east": {Server: "https://203.0.113.1", CertificateAuthority: "/none/ca.crt"}}, nil, []string{
			`read certificate authority of context "east": open "/none/ca.crt": no such file or directory | correct certificate-authority in the kubeconfig`}},
	} {
		_, err := initial.Make(initial.Input{Name: "shop", File: "mesh.yaml", Kubeconfig: kubeconfig(t, test.config), Contexts: test.contexts})
		var said []string
		for _, problem := range hint.List(err) {
			remedies := problem.Remedies
			if len(remedies) > 1 { // what pkg/kubeconfig says is tested there
				remedies = remedies[len(remedies)-1:]
			}
			said = append(said, strings.Join(append([]string{problem.Text}, remedies...), " | "))
		}
		if diff := cmp.Diff(test.want, said); diff != "" || !verdict.IsInput(err) {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

// TestMakeWhatWouldNotLoad: no text, but what is wrong with it.
func TestMakeWhatWouldNotLoad(t *testing.T) {
	made, err := initial.Make(initial.Input{Name: "Shop!", File: "mesh.yaml", Kubeconfig: kubeconfig(t, map[string]*clientcmdapi.Cluster{"east": {Server: "https://203.0.113.1"}})})
	problems, ok := err.(*workspace.Problems) //nolint:errorlint // it is the error itself
	if !ok || made.Text != nil || err.Error() != "1 problem in the resulting mesh" || problems.List[0].Field != "metadata.name" || problems.List[0].Line != 0 {
		t.Errorf("got %v", err)
	}
}

// TestWrite: the mesh, and a place for credentials that git does not see.
func TestWrite(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "mesh.yaml")
	to := workspace.Source{Filename: file}
	if _, err := initial.Write(t.Context(), to, initial.Mesh{Text: []byte("first\n")}, false); err != nil {
		t.Fatal(err)
	}
	written := files.Read(t, dir)
	if written["mesh.yaml"] != "first\n" || written["credentials/.gitignore"] != "*\n" || written[".gitignore"] != "/credentials/\n/.kubectl-mesh/lock\n/.kubectl-mesh/staging/\n" ||
		!strings.Contains(written[".gitleaks.toml"], "age-secret-key") || len(written) != 6 { // with the lock, and the number of the change
		t.Errorf("got %v", written)
	}
	files.Write(t, dir, map[string]string{".gitleaks.toml": "ours"})
	_, err := initial.Write(t.Context(), to, initial.Mesh{Text: []byte("second\n")}, false)
	if got := hint.List(err); len(got) != 1 || got[0].Text != "write "+file+": the file already exists" || files.Read(t, dir)["mesh.yaml"] != "first\n" {
		t.Errorf("over a file that is there: %v", got)
	}
	if _, err := initial.Write(t.Context(), to, initial.Mesh{Text: []byte("second\n")}, true); err != nil || files.Read(t, dir)["mesh.yaml"] != "second\n" || files.Read(t, dir)[".gitleaks.toml"] != "ours" {
		t.Errorf("by force: %v, %v", err, files.Read(t, dir))
	}
}

// TestWriteWithoutDirectory: a directory of credentials that is no good is told before anything is written.
func TestWriteWithoutDirectory(t *testing.T) {
	dir := t.TempDir()
	files.Write(t, dir, map[string]string{"credentials/.gitignore": "!token\n"})
	if _, err := initial.Write(t.Context(), workspace.Source{Filename: filepath.Join(dir, "mesh.yaml")}, initial.Mesh{Text: []byte("first\n")}, false); err == nil {
		t.Error("no error")
	}
	if _, err := os.Stat(filepath.Join(dir, "mesh.yaml")); err == nil {
		t.Error("mesh.yaml is written")
	}
}

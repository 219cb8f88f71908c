package kubeconfig_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
)

// config has one context per name, each with a cluster of its own and the same name.
func config(names ...string) clientcmdapi.Config {
	cfg := *clientcmdapi.NewConfig()
	for _, name := range names {
		cfg.Contexts[name] = &clientcmdapi.Context{Cluster: name, AuthInfo: "admin"}
		cfg.Clusters[name] = &clientcmdapi.Cluster{Server: "https://api.example"}
	}
	return cfg
}

func load(t *testing.T, data string) clientcmdapi.Config {
	t.Helper()
	cfg, err := clientcmd.Load([]byte(data))
	if err != nil {
		t.Fatal(err)
	}
	return *cfg
}

func TestContexts(t *testing.T) {
	cfg := load(t, `
contexts:
- {name: west, context: {cluster: w, user: nobody}}
- {name: gke_acme_us-east1_east, context: {cluster: gke_acme_us-east1_east, user: u}}
clusters:
- {name: w, cluster: {server: "https://w.example/k8s", certificate-authority: ca.crt, tls-server-name: api, proxy-url: "http://proxy:3128"}}
- {name: gke_acme_us-east1_east, cluster: {server: "https://203.0.113.10", certificate-authority-data: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg==, certificate-authority: unused.crt}}
- {name: broken, cluster: {insecure-skip-tls-verify: true}}
users:
- {name: u, user: {exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: tsh, args: [kube, credentials, --kube-cluster=east, --user=jane, --teleport-cluster, acme]}}}
`)
	east := kubeconfig.Context{
		Name: "gke_acme_us-east1_east", Server: "https://203.0.113.10",
		CertificateAuthorityData: []byte("-----BEGIN CERTIFICATE-----\n"), ClusterName: "east",
		Origin: kubeconfig.Origin{Platform: "gke", Project: "acme", Location: "us-east1", Cluster: "east"},
		User:   "u", Selector: "--kube-cluster=east --teleport-cluster=acme",
	}
	west := kubeconfig.Context{
		Name: "west", Server: "https://w.example/k8s", CertificateAuthorityFile: "ca.crt",
		TLSServerName: "api", ProxyURL: "http://proxy:3128", ClusterName: "west", User: "nobody",
	}
	tests := []struct {
		name  string
		names []string
		want  []kubeconfig.Context
	}{
		{"all, sorted", nil, []kubeconfig.Context{east, west}},
		{"in the order asked for, once", []string{"west", "gke_acme_us-east1_east", "west"}, []kubeconfig.Context{west, east}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := kubeconfig.Contexts(cfg, tt.names)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestContextsAreSorted(t *testing.T) {
	var want, got []string
	for i := range 26 {
		want = append(want, string(rune('a'+i)))
	}
	for _, c := range contextsOf(t, config(want...), nil) {
		got = append(got, c.Name)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestContextsOfEmptyFile(t *testing.T) {
	got, err := kubeconfig.Contexts(clientcmdapi.Config{}, nil)
	if got != nil || err != nil {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestContextsWithoutAuthority(t *testing.T) {
	got, err := kubeconfig.Contexts(config("dns"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got[0].CertificateAuthorityData != nil || got[0].CertificateAuthorityFile != "" {
		t.Errorf("got %+v", got[0])
	}
}

func TestContextsResolvesAuthorityFile(t *testing.T) {
	absolute := filepath.Join(t.TempDir(), "ca.crt")
	tests := []struct{ name, file, kubeconfig, want string }{
		{"relative to the kubeconfig", "pki/ca.crt", filepath.Join("home", ".kube", "config"), filepath.Join("home", ".kube", "pki", "ca.crt")},
		{"absolute", absolute, filepath.Join("home", "config"), absolute},
		{"from memory", "ca.crt", "", "ca.crt"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cfg := config("east")
			cfg.Clusters["east"].CertificateAuthority = tt.file
			cfg.Clusters["east"].LocationOfOrigin = tt.kubeconfig
			got, err := kubeconfig.Contexts(cfg, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got[0].CertificateAuthorityFile != tt.want {
				t.Errorf("got %s, want %s", got[0].CertificateAuthorityFile, tt.want)
			}
		})
	}
}

func TestContextsProblems(t *testing.T) {
	fetchCA := []string{`kubectl --context 'it'\''s' -n kube-system get configmap kube-root-ca.crt -o 'jsonpath={.data.ca\.crt}' >ca.crt`,
		`openssl x509 -in ca.crt -noout -fingerprint -sha256   # compare with the cluster owner`,
		`kubectl config set-cluster c --certificate-authority=ca.crt --embed-certs=true`}
	tests := []struct {
		name     string
		cluster  clientcmdapi.Cluster
		text     string
		remedies []string
	}{
		{"unverified", clientcmdapi.Cluster{Server: "https://h", InsecureSkipTLSVerify: true},
			`insecure-skip-tls-verify is set: a peer's control plane would send its token to any server`, fetchCA},
		{"no server", clientcmdapi.Cluster{},
			`server is empty`, []string{`kubectl config set-cluster c --server=https://HOST:PORT`}},
		{"clear text", clientcmdapi.Cluster{Server: "http://h"},
			`server "http://h" is not https: the token would be sent unencrypted`, []string{`kubectl config set-cluster c --server=https://HOST:PORT`}},
		{"wrong authority", clientcmdapi.Cluster{Server: "https://h", CertificateAuthorityData: []byte("x")},
			`certificate-authority-data contains no PEM certificate`, fetchCA},
		{"wrong TLS name", clientcmdapi.Cluster{Server: "https://h", TLSServerName: "a b"},
			`tls-server-name "a b" contains characters other than visible ASCII`, []string{`kubectl config set-cluster c --tls-server-name=NAME`}},
		{"wrong proxy", clientcmdapi.Cluster{Server: "https://h", ProxyURL: "ftp://p"},
			`proxy-url "ftp://p" is not of the form http://, https:// or socks5:// and a host`, []string{`kubectl config set-cluster c --proxy-url=http://HOST:PORT`}},
		{"proxy with password", clientcmdapi.Cluster{Server: "https://h", ProxyURL: "http://me:h0tp4ss@p"},
			`proxy-url "[redacted]@p" contains a user name`, []string{`omit the context, and add the cluster by hand, with a proxy that requires no password`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cfg := clientcmdapi.Config{
				Contexts: map[string]*clientcmdapi.Context{"it's": {Cluster: "c"}},
				Clusters: map[string]*clientcmdapi.Cluster{"c": &tt.cluster},
			}
			want := kubeconfig.Problems{{Context: "it's", Text: `cluster "c": ` + tt.text, Remedies: tt.remedies}}
			if diff := cmp.Diff(want, problems(t, cfg)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestContextsNotFound(t *testing.T) {
	cfg := config("gke_acme_us-east1_shop", "prod-east", "prod-west")
	cfg.Contexts["astray"] = &clientcmdapi.Context{Cluster: "prod-eats"}
	cfg.Contexts["lost"] = &clientcmdapi.Context{Cluster: "nowhere at all"}
	cfg.Contexts["bare"] = &clientcmdapi.Context{}
	cfg.Contexts["nil"] = nil
	tests := []struct{ name, text, remedy string }{
		{"prod-esat", `it is not in the kubeconfig`, `did you mean "prod-east"?`},
		{"shop", `it is not in the kubeconfig`, `did you mean "gke_acme_us-east1_shop"?`},
		{"unheard-of", `it is not in the kubeconfig`, `list the contexts with: kubectl config get-contexts -o name`},
		{"", `it is not in the kubeconfig`, `list the contexts with: kubectl config get-contexts -o name`},
		{"astray", `its cluster "prod-eats" is not in the kubeconfig`, `kubectl config set-context astray --cluster=prod-east`},
		{"lost", `its cluster "nowhere at all" is not in the kubeconfig`, `list the clusters with: kubectl config get-clusters`},
		{"nil", `it is not in the kubeconfig`, `list the contexts with: kubectl config get-contexts -o name`},
		{"bare", `its cluster "" is not in the kubeconfig`, `list the clusters with: kubectl config get-clusters`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			want := kubeconfig.Problems{{Context: tt.name, Text: tt.text, Remedies: []string{tt.remedy}}}
			if diff := cmp.Diff(want, problems(t, cfg, tt.name)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestContextsReportsEveryProblem(t *testing.T) {
	cfg := config("good", "b\nad")
	cfg.Clusters["b\nad"] = &clientcmdapi.Cluster{InsecureSkipTLSVerify: true}
	_, err := kubeconfig.Contexts(cfg, []string{"gone", "good", "b\nad"})
	want := `read context "gone": it is not in the kubeconfig
read context "b\nad": cluster "b\nad": insecure-skip-tls-verify is set: a peer's control plane would send its token to any server
read context "b\nad": cluster "b\nad": server is empty`
	if text(err) != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	if got := hint.Of(err); len(got) != 5 || got[0] != "list the contexts with: kubectl config get-contexts -o name" ||
		got[4] != "kubectl config set-cluster CLUSTER --server=https://HOST:PORT" {
		t.Errorf("got the remedies %q", got)
	}
	var first kubeconfig.Problem
	if !errors.As(fmt.Errorf("init: %w", err), &first) || first.Context != "gone" {
		t.Errorf("got %+v", first)
	}
}

// A hint is copied into a shell, so a name that is not readable text stays out of it.
func TestContextsHintsAreSafeToCopy(t *testing.T) {
	tests := map[string]string{
		"$(reboot)":     `'$(reboot)'`,
		"a'b":           `'a'\''b'`,
		"ünï 🚀":         `'ünï 🚀'`,
		"a\nreboot":     "CLUSTER",
		"a\x1b[2Jb":     "CLUSTER",
		"a\u202eb":      "CLUSTER",
		"a\xff":         "CLUSTER",
		"":              `''`,
		"--kubeconfig=": `'--kubeconfig='`,
	}
	for name, want := range tests {
		cfg := config(name)
		cfg.Clusters[name].Server = ""
		want = "kubectl config set-cluster " + want + " --server=https://HOST:PORT"
		if got := problems(t, cfg, name)[0].Remedies; len(got) != 1 || got[0] != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func problems(t *testing.T, cfg clientcmdapi.Config, names ...string) kubeconfig.Problems {
	t.Helper()
	contexts, err := kubeconfig.Contexts(cfg, names)
	var ps kubeconfig.Problems
	if contexts != nil || !errors.As(err, &ps) {
		t.Fatalf("got %v, %v; want problems", contexts, err)
	}
	return ps
}

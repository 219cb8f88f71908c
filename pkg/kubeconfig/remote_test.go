package kubeconfig_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
)

const testCA = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"

func token(t testing.TB, value string) kubeconfig.Token {
	t.Helper()
	tok, err := kubeconfig.ParseToken([]byte(value))
	if err != nil {
		t.Fatal(err)
	}
	return tok
}

// remote is valid and has every field.
func remote(t testing.TB) kubeconfig.Remote {
	return kubeconfig.Remote{
		ClusterID:                "c2",
		Server:                   "https://c2.example:6443",
		CertificateAuthorityData: []byte(testCA),
		TLSServerName:            "kubernetes.default",
		ProxyURL:                 "http://proxy.example:3128",
		Credential:               kubeconfig.Credential{Token: token(t, "s3cret")},
	}
}

// istioctl is the config of Istio istioctl/pkg/multicluster/remote_secret.go
// createBearerTokenKubeconfig, which encodes it with the codec of clientcmd.Write; the proxy is ours.
func istioctl(r kubeconfig.Remote) clientcmdapi.Config {
	return clientcmdapi.Config{
		Clusters: map[string]*clientcmdapi.Cluster{r.ClusterID: {
			CertificateAuthorityData: r.CertificateAuthorityData,
			Server:                   r.Server,
			TLSServerName:            r.TLSServerName,
			ProxyURL:                 r.ProxyURL,
		}},
		AuthInfos:      map[string]*clientcmdapi.AuthInfo{r.ClusterID: {Token: r.Token.Reveal()}},
		Contexts:       map[string]*clientcmdapi.Context{r.ClusterID: {Cluster: r.ClusterID, AuthInfo: r.ClusterID}},
		CurrentContext: r.ClusterID,
	}
}

func marshal(t testing.TB, r kubeconfig.Remote) string {
	t.Helper()
	cfg, err := r.Config()
	if err != nil {
		t.Fatal(err)
	}
	data, err := yaml.Marshal(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestRemoteConfigYAML(t *testing.T) {
	want := `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUIKLS0tLS1FTkQgQ0VSVElGSUNBVEUtLS0tLQo=
    server: https://c2.example:6443
  name: c2
contexts:
- context:
    cluster: c2
    user: c2
  name: c2
current-context: c2
kind: Config
users:
- name: c2
  user:
    token: s3cret
`
	r := remote(t)
	r.TLSServerName, r.ProxyURL = "", ""
	if diff := cmp.Diff(want, marshal(t, r)); diff != "" {
		t.Error(diff)
	}
}

func TestRemoteConfigIsWhatIstioctlWrites(t *testing.T) {
	tests := map[string]func(*kubeconfig.Remote){
		"every field":         func(*kubeconfig.Remote) {},
		"system roots":        func(r *kubeconfig.Remote) { r.CertificateAuthorityData = nil },
		"a path":              func(r *kubeconfig.Remote) { r.Server = "https://rancher.example/k8s/clusters/c-1?a=b&c=<d>" },
		"IPv6":                func(r *kubeconfig.Remote) { r.Server = "https://[2001:db8::1]:6443" },
		"an ID like a number": func(r *kubeconfig.Remote) { r.ClusterID = "0123" },
		"an ID like a truth":  func(r *kubeconfig.Remote) { r.ClusterID = "yes" },
		"a token like a date": func(r *kubeconfig.Remote) { r.Token = token(t, "2001-01-01") },
		"a token of marks":    func(r *kubeconfig.Remote) { r.Token = token(t, `#&*!|>'"%@{}[],`) },
		"a long token":        func(r *kubeconfig.Remote) { r.Token = token(t, strings.Repeat("x", 64<<10)) },
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			r := remote(t)
			change(&r)
			want, err := clientcmd.Write(istioctl(r))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), marshal(t, r)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRemoteConfigErrors(t *testing.T) {
	tests := []struct {
		name   string
		change func(*kubeconfig.Remote)
		want   string // after the cluster's ID
	}{
		{"no ID", func(r *kubeconfig.Remote) { r.ClusterID = "" },
			`its ID is not a valid Secret key: letters, digits, '-', '_' and '.', at most 253`},
		{"long ID", func(r *kubeconfig.Remote) { r.ClusterID = strings.Repeat("a", 254) },
			`its ID is not a valid Secret key: letters, digits, '-', '_' and '.', at most 253`},
		{"ID with a slash", func(r *kubeconfig.Remote) { r.ClusterID = "../c2" },
			`its ID is not a valid Secret key: letters, digits, '-', '_' and '.', at most 253`},
		{"no server", func(r *kubeconfig.Remote) { r.Server = "" },
			`server is empty`},
		{"clear text", func(r *kubeconfig.Remote) { r.Server = "http://c2.example" },
			`server "http://c2.example" is not https: the token would be sent unencrypted`},
		{"no scheme", func(r *kubeconfig.Remote) { r.Server = "c2.example" },
			`server "c2.example" is not of the form https://host:port`},
		{"no host", func(r *kubeconfig.Remote) { r.Server = "https://:6443" },
			`server "https://:6443" is not of the form https://host:port`},
		{"no URL", func(r *kubeconfig.Remote) { r.Server = "https://h0tp4ss@c2:x" },
			`server "[redacted]@c2:x" is not a URL`},
		{"server with password", func(r *kubeconfig.Remote) { r.Server = "https://me:h0tp4ss@c2.example" },
			`server "[redacted]@c2.example" contains a user name`},
		{"server in two lines", func(r *kubeconfig.Remote) { r.Server = "https://c2\n.example" },
			`server "https://c2\n.example" contains characters other than visible ASCII`},
		{"server beyond ASCII", func(r *kubeconfig.Remote) { r.Server = "https://zürich.example" },
			`server "https://zürich.example" contains characters other than visible ASCII`},
		{"key for a CA", func(r *kubeconfig.Remote) {
			r.CertificateAuthorityData = []byte(testCA + "-----BEGIN EC PRIVATE KEY-----\nh0tp4ss\n")
		}, `certificate-authority-data contains a private key`},
		{"base64 for a CA", func(r *kubeconfig.Remote) { r.CertificateAuthorityData = []byte("LS0t") },
			`certificate-authority-data contains no PEM certificate`},
		{"tls-server-name", func(r *kubeconfig.Remote) { r.TLSServerName = "kubernetes default" },
			`tls-server-name "kubernetes default" contains characters other than visible ASCII`},
		{"proxy scheme", func(r *kubeconfig.Remote) { r.ProxyURL = "ftp://me:h0tp4ss@proxy" },
			`proxy-url "[redacted]@proxy" is not of the form http://, https:// or socks5:// and a host`},
		{"proxy without host", func(r *kubeconfig.Remote) { r.ProxyURL = "http://" },
			`proxy-url "http://" is not of the form http://, https:// or socks5:// and a host`},
		{"no token", func(r *kubeconfig.Remote) { r.Token = kubeconfig.Token{} },
			`its token is missing`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := remote(t)
			tt.change(&r)
			_, err := r.Config()
			want := `build kubeconfig of cluster "` + r.ClusterID + `": ` + tt.want
			if err == nil || err.Error() != want {
				t.Errorf("got  %v\nwant %s", err, want)
			}
		})
	}
}

func TestRemoteConfigReportsEveryProblem(t *testing.T) {
	_, err := kubeconfig.Remote{ClusterID: "c2"}.Config()
	want := `build kubeconfig of cluster "c2": server is empty
build kubeconfig of cluster "c2": its token is missing`
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

// A password in the proxy's URL is istiod's to use, as the token is: the file is a Secret.
func TestRemoteConfigAllowsProxyPassword(t *testing.T) {
	r := remote(t)
	r.ProxyURL = "socks5://me:pw@proxy.example:1080"
	if got := marshal(t, r); !strings.Contains(got, "proxy-url: socks5://me:pw@proxy.example:1080\n") {
		t.Error(got)
	}
}

// Whatever Config accepts, istiod loads, with the same values and from the same bytes as
// istioctl's.
func FuzzRemoteConfig(f *testing.F) {
	f.Add("c2", "https://c2.example:6443", testCA, "kubernetes", "http://proxy:3128", "s3cret")
	f.Add("1e3", "https://[::1]/a?b#c", "", "", "socks5://a:b@c", "null")
	f.Add("-", "https://\u0085", "-----BEGIN CERTIFICATE-----\xff", "\ufeff", "https://%zz", "'")
	f.Fuzz(func(t *testing.T, id, server, ca, tlsName, proxy, tok string) {
		parsed, _ := kubeconfig.ParseToken([]byte(tok))
		r := kubeconfig.Remote{ClusterID: id, Server: server, CertificateAuthorityData: []byte(ca),
			TLSServerName: tlsName, ProxyURL: proxy, Credential: kubeconfig.Credential{Token: parsed}}
		if _, err := r.Config(); err != nil {
			return
		}
		data := marshal(t, r)
		want, err := clientcmd.Write(istioctl(r))
		if err != nil || data != string(want) {
			t.Fatalf("got\n%s\nwant\n%s\n%v", data, want, err)
		}
		loaded, err := clientcmd.Load([]byte(data))
		if err != nil {
			t.Fatal(err)
		}
		if err := clientcmd.Validate(*loaded); err != nil {
			t.Error(err)
		}
		if err := kubeconfig.Sanitize(*loaded); err != nil {
			t.Error(err)
		}
		cluster, user := loaded.Clusters[id], loaded.AuthInfos[loaded.Contexts[loaded.CurrentContext].AuthInfo]
		got := []string{loaded.CurrentContext, cluster.Server, string(cluster.CertificateAuthorityData),
			cluster.TLSServerName, cluster.ProxyURL, user.Token}
		if diff := cmp.Diff([]string{id, server, ca, tlsName, proxy, r.Token.Reveal()}, got); diff != "" {
			t.Error(diff)
		}
	})
}

func BenchmarkRemoteConfig(b *testing.B) {
	r := remote(b)
	r.CertificateAuthorityData = []byte(testCA + strings.Repeat("x", 1500))
	r.Token = token(b, strings.Repeat("x", 1000))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Config(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRemoteConfigCodec is what Config avoids.
func BenchmarkRemoteConfigCodec(b *testing.B) {
	r := remote(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := clientcmd.Write(istioctl(r)); err != nil {
			b.Fatal(err)
		}
	}
}

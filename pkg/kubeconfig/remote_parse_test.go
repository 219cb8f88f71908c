package kubeconfig_test

import (
	"strings"
	"testing"

	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
)

func TestParseRemote(t *testing.T) {
	token, err := kubeconfig.ParseToken([]byte("SECRETSECRET"))
	if err != nil {
		t.Fatal(err)
	}
	want := kubeconfig.Remote{ClusterID: "west", Server: "https://203.0.113.20", TLSServerName: "api.west",
		ProxyURL: "http://proxy:3128", Credential: kubeconfig.Credential{Token: token}}
	config, err := want.Config()
	if err != nil {
		t.Fatal(err)
	}
	text, err := yaml.Marshal(config)
	if err != nil {
		t.Fatal(err)
	}
	got, err := kubeconfig.ParseRemote(text)
	if err != nil || got.ClusterID != want.ClusterID || got.Server != want.Server || got.TLSServerName != want.TLSServerName ||
		got.ProxyURL != want.ProxyURL || !got.Token.Equal(want.Token) {
		t.Errorf("got %+v, %v", got, err)
	}
	for what, test := range map[string]struct{ text, want string }{
		"no kubeconfig":                   {"SECRETSECRET", "not a kubeconfig"},
		"another field":                   {strings.Replace(string(text), "users:", "extra: SECRETSECRET\nusers:", 1), "not a kubeconfig"},
		"nothing":                         {"", "not a kubeconfig"},
		"no cluster":                      {"kind: Config\n", "it does not have one cluster, one context and one user"},
		"a server in another letter case": {strings.Replace(string(text), "    server:", "    Server: https://198.51.100.66\n    server:", 1), "not a kubeconfig"},
		"users, folded":                   {strings.Replace(string(text), "users:", "u\u017fers: []\nusers:", 1), "not a kubeconfig"},
		"a token twice":                   {strings.Replace(string(text), "    token:", "    token: a\n    token:", 1), "not a kubeconfig"},
		"an alias":                        {strings.Replace(string(text), "current-context: west", "current-context: &a west\npreferences: {}", 1), "not a kubeconfig"},
		"two documents":                   {string(text) + "---\nkind: Config\n", "not a kubeconfig"},
		"a broken token":                  {strings.Replace(string(text), "SECRETSECRET", `"SECRET SECRETSECRET"`, 1), "parse token: byte 6 is white space"},
		"half a certificate": {strings.Replace(string(text), "    token: SECRETSECRET", "    client-key-data: U0VDUkVUU0VDUkVU", 1),
			"parse client certificate: certificate and key do not belong together, or are not PEM"},
	} {
		if _, err := kubeconfig.ParseRemote([]byte(test.text)); err == nil || err.Error() != "parse remote kubeconfig: "+test.want {
			t.Errorf("%s: got %v, want %s", what, err, test.want)
		}
	}
}

// FuzzParseRemote: what is taken can be written again and is the same; no error repeats a credential.
func FuzzParseRemote(f *testing.F) {
	f.Add([]byte("apiVersion: v1\nkind: Config\ncurrent-context: west\nclusters: [{name: west, cluster: {server: https://203.0.113.20}}]\n" +
		"contexts: [{name: west, context: {cluster: west, user: west}}]\nusers: [{name: west, user: {token: SECRETSECRET}}]\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		remote, err := kubeconfig.ParseRemote(text)
		if err != nil {
			if strings.Contains(err.Error(), "SECRETSECRET") {
				t.Errorf("it repeats a credential: %v", err)
			}
			return
		}
		config, err := remote.Config()
		if err != nil {
			return // istiod would refuse it
		}
		again, err := yaml.Marshal(config)
		if err != nil {
			t.Fatal(err)
		}
		// istiod and kubectl load kubeconfigs with client-go.
		loaded, err := clientcmd.Load(text)
		if err != nil || loaded.Clusters[loaded.Contexts[loaded.CurrentContext].Cluster].Server != remote.Server ||
			loaded.AuthInfos[loaded.Contexts[loaded.CurrentContext].AuthInfo].Token != remote.Token.Reveal() {
			t.Errorf("client-go reads something else in it: %v", err)
		}
		second, err := kubeconfig.ParseRemote(again)
		if err != nil || second.Server != remote.Server || !second.Token.Equal(remote.Token) {
			t.Errorf("it is another one when it is written again: %v", err)
		}
	})
}

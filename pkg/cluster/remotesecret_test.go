package cluster

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// remoteText is a kubeconfig as it is rendered, with one user.
func remoteText(cluster, user string) string {
	return `{apiVersion: v1, kind: Config, current-context: west,
  clusters: [{name: west, cluster: {` + cluster + `}}],
  contexts: [{name: west, context: {cluster: west, user: west}}],
  users: [{name: west, user: {` + user + `}}]}`
}

func TestParseRemote(t *testing.T) {
	file := filepath.Join(t.TempDir(), "ca.crt")
	if err := os.WriteFile(file, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	const server = `server: "https://west.example"`
	tests := map[string]struct{ text, refused string }{
		"a token":           {remoteText(server, "token: hush"), ""},
		"a certificate":     {remoteText(server, "client-certificate-data: aHVzaA==, client-key-data: aHVzaA=="), ""},
		"nothing":           {"", "it is not a kubeconfig"},
		"garbage":           {"{hush: [}", "it is not a kubeconfig"},
		"a program":         {remoteText(server, "exec: {apiVersion: client.authentication.k8s.io/v1, command: there, interactiveMode: Never}"), "it runs a program"},
		"a token file":      {remoteText(server, "tokenFile: /there"), ""},
		"an authority file": {remoteText(server+", certificate-authority: "+file, "token: hush"), "reads its CA from a file"},
		"no server":         {remoteText("", "token: hush"), "no server defined"},
		"no context":        {strings.Replace(remoteText(server, "token: hush"), "current-context: west", "current-context: east", 1), "context was not found"},
		"an unclean token":  {remoteText(server, `token: "hu sh"`), "byte 2 is white space"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := parseRemote("west", []byte(test.text))
			if got.ClusterID != "west" || !strings.Contains(got.Refused, test.refused) || (got.Refused == "") != (test.refused == "") {
				t.Errorf("got %+v, want refused %q", got, test.refused)
			}
			if got.Refused == "" && got.Server != "https://west.example" {
				t.Errorf("server: got %q", got.Server)
			}
			if shown := fmt.Sprintf("%v %+v %#v", got, got, got); strings.Contains(shown, "hush") || strings.Contains(shown, "104 117") || strings.Contains(shown, "0x68, 0x75") {
				t.Errorf("a secret is shown: %s", shown)
			}
		})
	}
}

func TestRemoteSecretOrder(t *testing.T) {
	secret := remoteSecret(corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "s", Labels: map[string]string{"a": "b"}},
		Data: map[string][]byte{"b": nil, "a": nil, "c": nil}})
	var ids []string
	for _, remote := range secret.Remotes {
		ids = append(ids, remote.ClusterID)
	}
	if strings.Join(ids, "") != "abc" || secret.Labels["a"] != "b" || secret.Name != "s" {
		t.Errorf("got %+v", secret)
	}
}

func TestReaderPermissions(t *testing.T) {
	var texts []string
	for _, right := range ReaderPermissions("istio-system", "istio-1-30") {
		texts = append(texts, right.String())
	}
	text := strings.Join(texts, ", ")
	for _, want := range []string{"watch secrets,", "list gateways.gateway.networking.k8s.io,", "get configmaps/istio-1-30 -n istio-system"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in %s", want, text)
		}
	}
}

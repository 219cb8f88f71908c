package kubeconfig_test

import (
	"testing"

	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
)

func TestSanitize(t *testing.T) {
	const tail = " in PILOT_INSECURE_MULTICLUSTER_KUBECONFIG_OPTIONS"
	tests := []struct {
		name  string
		user  clientcmdapi.AuthInfo
		allow []string
		want  string // "": accepted
	}{
		{name: "token", user: clientcmdapi.AuthInfo{Token: "t"}},
		{name: "basic auth", user: clientcmdapi.AuthInfo{Username: "u", Password: "p"}},
		{name: "inline certificate", user: clientcmdapi.AuthInfo{ClientCertificateData: []byte("c"), ClientKeyData: []byte("k")}},
		{name: "impersonation", user: clientcmdapi.AuthInfo{Impersonate: "u", ImpersonateGroups: []string{"g"}}},
		{name: "oidc", user: clientcmdapi.AuthInfo{AuthProvider: &clientcmdapi.AuthProviderConfig{Name: "oidc"}}},
		{name: "other provider", user: clientcmdapi.AuthInfo{AuthProvider: &clientcmdapi.AuthProviderConfig{Name: "gcp"}},
			want: `reject user "u": it logs in through auth provider "gcp", which istiod accepts only with "gcp"` + tail},
		{name: "other provider, allowed", allow: []string{"azure", "gcp"},
			user: clientcmdapi.AuthInfo{AuthProvider: &clientcmdapi.AuthProviderConfig{Name: "gcp"}}},
		{name: "key file", user: clientcmdapi.AuthInfo{ClientKey: "/k"},
			want: `reject user "u": it reads its key from a file, which istiod accepts only with "clientKey"` + tail},
		{name: "certificate file, its key allowed", allow: []string{"clientKey"},
			user: clientcmdapi.AuthInfo{ClientKey: "/k", ClientCertificate: "/c"},
			want: `reject user "u": it reads its certificate from a file, which istiod accepts only with "clientCertificate"` + tail},
		{name: "token file", user: clientcmdapi.AuthInfo{TokenFile: "/t"},
			want: `reject user "u": it reads its token from a file, which istiod accepts only with "tokenFile"` + tail},
		{name: "token file, allowed", user: clientcmdapi.AuthInfo{TokenFile: "/t"}, allow: []string{"tokenFile"}},
		{name: "program", user: clientcmdapi.AuthInfo{Exec: &clientcmdapi.ExecConfig{Command: "c"}},
			want: `reject user "u": it runs a program, which istiod accepts only with "exec"` + tail},
		{name: "program, allowed", user: clientcmdapi.AuthInfo{Exec: &clientcmdapi.ExecConfig{Command: "c"}}, allow: []string{"exec"}},
		{name: "allowed by another spelling", user: clientcmdapi.AuthInfo{TokenFile: "/t"}, allow: []string{"tokenfile"},
			want: `reject user "u": it reads its token from a file, which istiod accepts only with "tokenFile"` + tail},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cfg := clientcmdapi.Config{AuthInfos: map[string]*clientcmdapi.AuthInfo{"u": &tt.user}}
			if got := text(kubeconfig.Sanitize(cfg, tt.allow...)); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestSanitizeReportsEveryUser(t *testing.T) {
	cfg, err := clientcmd.Load([]byte(`
users:
- {name: z, user: {tokenFile: /t, exec: {command: c, apiVersion: client.authentication.k8s.io/v1beta1}}}
- {name: "a\nb", user: {client-key: /k}}
- {name: nothing}
`))
	if err != nil {
		t.Fatal(err)
	}
	cfg.AuthInfos["nil"] = nil
	want := `reject user "a\nb": it reads its key from a file, which istiod accepts only with "clientKey" in PILOT_INSECURE_MULTICLUSTER_KUBECONFIG_OPTIONS
reject user "z": it reads its token from a file, which istiod accepts only with "tokenFile" in PILOT_INSECURE_MULTICLUSTER_KUBECONFIG_OPTIONS
reject user "z": it runs a program, which istiod accepts only with "exec" in PILOT_INSECURE_MULTICLUSTER_KUBECONFIG_OPTIONS`
	for range 20 {
		if got := text(kubeconfig.Sanitize(*cfg)); got != want {
			t.Fatalf("got  %s\nwant %s", got, want)
		}
	}
}

// text is the message of err; "" for none.
func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

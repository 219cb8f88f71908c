package cli

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// liveOf has a kubeconfig with the contexts good, insecure and torn, and these values of flags.
func liveOf(t *testing.T, set func(*liveFlags)) *liveFlags {
	t.Helper()
	config := clientcmdapi.NewConfig()
	config.Clusters["good"] = &clientcmdapi.Cluster{Server: "https://203.0.113.10"}
	config.Clusters["insecure"] = &clientcmdapi.Cluster{Server: "https://203.0.113.20", InsecureSkipTLSVerify: true}
	config.AuthInfos["user"] = &clientcmdapi.AuthInfo{Token: "hush"}
	for _, name := range []string{"good", "insecure", "torn"} {
		config.Contexts[name] = &clientcmdapi.Context{Cluster: name, AuthInfo: "user"}
	}
	file := filepath.Join(t.TempDir(), "config")
	text, err := clientcmd.Write(*config)
	if err == nil {
		err = os.WriteFile(file, text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	f := newLiveFlags(System{Version: "v1.2.3"})
	f.file = file
	set(&f)
	if err := f.complete(); err != nil {
		t.Fatal(err)
	}
	return &f
}

func clusterWith(context string) *v1alpha1.Cluster {
	return &v1alpha1.Cluster{Name: "east", ClusterSpec: v1alpha1.ClusterSpec{Context: context}}
}

func TestLiveConfig(t *testing.T) {
	f := liveOf(t, func(f *liveFlags) {
		*f.Timeout, *f.Impersonate, *f.ImpersonateGroup, *f.ImpersonateUID = "5s", "jane", []string{"a"}, "1"
	})
	config, err := f.config(clusterWith("good"))
	if err != nil {
		t.Fatal(err)
	}
	if config.Host != "https://203.0.113.10" || config.BearerToken != "hush" || config.Timeout != 5*time.Second ||
		config.UserAgent != "kubectl-mesh/v1.2.3" || config.QPS >= 0 {
		t.Errorf("got host %s, timeout %s, user agent %s, QPS %v", config.Host, config.Timeout, config.UserAgent, config.QPS)
	}
	if as := config.Impersonate; as.UserName != "jane" || as.UID != "1" || len(as.Groups) != 1 {
		t.Errorf("acts as %+v", as)
	}
}

func TestLiveConfigContext(t *testing.T) {
	f := liveOf(t, func(f *liveFlags) { *f.Context = "good" })
	if config, err := f.config(clusterWith("insecure")); err != nil || config.Host != "https://203.0.113.10" {
		t.Errorf("--context does not override: got %v, %v", config, err)
	}
}

func TestLiveConfigErrors(t *testing.T) {
	f := liveOf(t, func(*liveFlags) {})
	for context, want := range map[string]string{
		"":         "cluster east has no context\nhint: write context: NAME into mesh.yaml, or name one: --cluster east --context NAME",
		"goood":    "read context \"goood\": it is not in the kubeconfig\nhint: did you mean \"good\"?",
		"torn":     "read context \"torn\": its cluster \"torn\" is not in the kubeconfig\nhint: ",
		"insecure": "read context \"insecure\": cluster \"insecure\": insecure-skip-tls-verify is set: ",
	} {
		_, err := f.config(clusterWith(context))
		var input inputError
		if err == nil || !errors.As(err, &input) || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("context %q: got %v, want an error of input: %s", context, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "hush") {
			t.Errorf("context %q: the token is in the error", context)
		}
	}
}

func TestLiveKubectl(t *testing.T) {
	f := &liveFlags{kubeconfigFlags: kubeconfigFlags{file: "my config"}}
	if got, want := f.kubectl("it's"), `kubectl --kubeconfig='my config' --context='it'\''s'`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

package live

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// load reads a kubeconfig with the contexts good, insecure and torn.
func load(t *testing.T, options Options) *Contexts {
	t.Helper()
	config := clientcmdapi.NewConfig()
	config.Clusters["good"] = &clientcmdapi.Cluster{Server: "https://203.0.113.10"}
	config.Clusters["insecure"] = &clientcmdapi.Cluster{Server: "https://203.0.113.20", InsecureSkipTLSVerify: true}
	config.AuthInfos["user"] = &clientcmdapi.AuthInfo{Token: "hush"}
	for _, name := range []string{"good", "insecure", "torn"} {
		config.Contexts[name] = &clientcmdapi.Context{Cluster: name, AuthInfo: "user"}
	}
	options.Kubeconfig = filepath.Join(t.TempDir(), "config")
	text, err := clientcmd.Write(*config)
	if err == nil {
		err = os.WriteFile(options.Kubeconfig, text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	contexts, err := Load(options)
	if err != nil {
		t.Fatal(err)
	}
	return contexts
}

func clusterWith(context string) *v1alpha1.Cluster {
	return &v1alpha1.Cluster{Name: "east", ClusterSpec: v1alpha1.ClusterSpec{Context: context}}
}

func TestConfig(t *testing.T) {
	contexts := load(t, Options{Timeout: "5s", UserAgent: "kubectl-mesh/v1.2.3",
		Impersonate: rest.ImpersonationConfig{UserName: "jane", Groups: []string{"a"}, UID: "1"}})
	config, err := contexts.config(clusterWith("good"))
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

func TestOneContextOverridesMeshYAML(t *testing.T) {
	contexts := load(t, Options{Context: "good", ContextFor: "east"})
	if config, err := contexts.config(clusterWith("insecure")); err != nil || config.Host != "https://203.0.113.10" {
		t.Errorf("got %v, %v", config, err)
	}
	other := &v1alpha1.Cluster{Name: "west", ClusterSpec: v1alpha1.ClusterSpec{Context: "torn"}}
	if got := contexts.Of(other); got != "torn" {
		t.Errorf("the context of another cluster is %q", got)
	}
}

func TestContextErrors(t *testing.T) {
	contexts := load(t, Options{})
	for context, want := range map[string]string{
		"":         "cluster east has no context\nset context: NAME in mesh.yaml, or select one: --cluster east --context NAME",
		"goood":    "read context \"goood\": it is not in the kubeconfig\ndid you mean \"good\"?",
		"torn":     "read context \"torn\": its cluster \"torn\" is not in the kubeconfig\n",
		"insecure": "read context \"insecure\": cluster \"insecure\": insecure-skip-tls-verify is set: ",
	} {
		err := contexts.CheckCluster(clusterWith(context))
		if err == nil || !verdict.IsInput(err) {
			t.Errorf("context %q: got %v, want an error of input", context, err)
			continue
		}
		text := err.Error() + "\n" + strings.Join(hint.Of(err), "\n")
		if !strings.HasPrefix(text, want) {
			t.Errorf("context %q: got %s, want %s", context, text, want)
		}
		if strings.Contains(text, "hush") {
			t.Errorf("context %q: the token is in the error", context)
		}
	}
}

func TestKubectl(t *testing.T) {
	if got, want := Kubectl("my config", "it's"), `kubectl --kubeconfig='my config' --context='it'\''s'`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// Package live makes the only live clusters: it finds the context of a cluster, opens it, and lets nothing
// out before the API server there has proved to be the cluster that is meant.
package live

import (
	"io"
	"log"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
	"k8s.io/klog/v2"

	_ "k8s.io/client-go/plugin/pkg/client/auth/oidc" // contexts may log in so, as with kubectl

	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
)

// Options say how clusters are reached. They come from flags that have kubectl's names.
type Options struct {
	// Kubeconfig is a file; empty: those of KUBECONFIG, or ~/.kube/config.
	Kubeconfig string
	// Context is used for cluster ContextFor instead of the one in mesh.yaml.
	Context, ContextFor string
	// Timeout of one answer, as kubectl's --request-timeout takes it; 0 waits forever, which no flag does by itself.
	Timeout string
	// Impersonate is another user, the same one in every cluster.
	Impersonate rest.ImpersonationConfig
	UserAgent   string
}

// Validate checks what can be seen without a kubeconfig.
func (o Options) Validate() error {
	if _, err := clientcmd.ParseTimeout(o.Timeout); err != nil {
		return verdict.Inputf("use a duration such as 10s or 2m", "invalid value %q for --request-timeout", o.Timeout)
	}
	if o.Impersonate.UserName == "" && (o.Impersonate.UID != "" || len(o.Impersonate.Groups) > 0) {
		return verdict.Inputf("specify the user: --as USER", "--as-uid and --as-group require --as")
	}
	return nil
}

// Contexts are the contexts of a kubeconfig, and how they are used.
type Contexts struct {
	options Options
	raw     *clientcmdapi.Config
}

// Load reads the kubeconfig, once for all clusters. It also takes the logs of libraries away. That of
// client-go has warnings for developers, and at high verbosity the bodies of requests, tokens included;
// that of net/http has headers and bodies with GODEBUG=http2debug=2 (h2_bundle.go, http2summarizeFrame).
func Load(options Options) (*Contexts, error) {
	klog.LogToStderr(false)
	klog.SetOutput(io.Discard)
	klog.SetLogger(klog.New(nil)) // by itself klog writes errors to stderr wherever its output goes
	log.SetOutput(io.Discard)
	raw, err := ReadKubeconfig(options.Kubeconfig)
	if err != nil {
		return nil, err
	}
	return &Contexts{options: options, raw: raw}, nil
}

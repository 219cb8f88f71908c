// Package live opens live clusters; no other package does. It finds a cluster's context, opens it, and sends nothing
// before the API server has proved to be the declared cluster.
package live

import (
	"io"
	"log"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
	"k8s.io/klog/v2"

	_ "k8s.io/client-go/plugin/pkg/client/auth/oidc" // supports contexts with OIDC, like kubectl

	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
)

// Options of connections. They come from flags with kubectl's names.
type Options struct {
	// Kubeconfig file; if empty, those of KUBECONFIG, or ~/.kube/config.
	Kubeconfig string
	// Context replaces the one in mesh.yaml for cluster ContextFor.
	Context, ContextFor string
	// Timeout of a request, like kubectl's --request-timeout; 0 waits forever, which no flag's default does.
	Timeout string
	// Impersonate another user, the same in every cluster.
	Impersonate rest.ImpersonationConfig
	UserAgent   string
}

// Validate checks what needs no kubeconfig.
func (o Options) Validate() error {
	if _, err := clientcmd.ParseTimeout(o.Timeout); err != nil {
		return verdict.Inputf("use a duration such as 10s or 2m", "invalid value %q for --request-timeout", o.Timeout)
	}
	if o.Impersonate.UserName == "" && (o.Impersonate.UID != "" || len(o.Impersonate.Groups) > 0) {
		return verdict.Inputf("specify the user: --as USER", "--as-uid and --as-group require --as")
	}
	return nil
}

// Contexts are the contexts of a kubeconfig, with the options for using them.
type Contexts struct {
	options Options
	raw     *clientcmdapi.Config
}

// Load reads the kubeconfig, once for all clusters. It also disables the logs of libraries: client-go's contain
// warnings for developers, and at high verbosity the bodies of requests, including tokens; net/http's contain headers
// and bodies with GODEBUG=http2debug=2 (h2_bundle.go, http2summarizeFrame).
func Load(options Options) (*Contexts, error) {
	klog.LogToStderr(false)
	klog.SetOutput(io.Discard)
	klog.SetLogger(klog.New(nil)) // by default klog writes errors to stderr wherever its output goes
	log.SetOutput(io.Discard)
	raw, err := ReadKubeconfig(options.Kubeconfig)
	if err != nil {
		return nil, err
	}
	return &Contexts{options: options, raw: raw}, nil
}

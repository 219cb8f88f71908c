package cli

import (
	"errors"
	"fmt"
	"io"
	"log"
	"runtime/debug"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	_ "k8s.io/client-go/plugin/pkg/client/auth/oidc" // contexts may log in so, as with kubectl
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
	"k8s.io/klog/v2"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

// liveFlags are kubectl's flags for talking to clusters, as far as they make sense for several
// clusters at once. Each cluster's address and credentials come from its context. The flags
// that would send one cluster's to all of them are left out: --server, --token, --user,
// --client-certificate and its key, --certificate-authority, --tls-server-name. Another user
// (--as) may well be the same in all clusters. --insecure-skip-tls-verify is left out because
// what is read becomes fact, and credentials are read too.
type liveFlags struct {
	kubeconfigFlags
	*genericclioptions.ConfigFlags
	userAgent string
	raw       *clientcmdapi.Config // what complete has loaded
}

func newLiveFlags(system System) liveFlags {
	info, _ := debug.ReadBuildInfo()
	return liveFlags{
		ConfigFlags: &genericclioptions.ConfigFlags{
			Context: new(""), Timeout: new("0"),
			Impersonate: new(""), ImpersonateUID: new(""), ImpersonateGroup: new([]string),
		},
		userAgent: "kubectl-mesh/" + buildVersionOf(system.Version, info).Version,
	}
}

// add adds the flags to a command. One that does nothing else but talk to clusters is to be
// marked interruptible.
func (f *liveFlags) add(cmd *cobra.Command) {
	f.kubeconfigFlags.add(cmd)
	f.AddFlags(cmd.Flags())
	for name, usage := range map[string]string{
		"context":         "the kubeconfig context to use instead of the one in mesh.yaml; needs --cluster",
		"request-timeout": "how long to wait for one answer of an API server, such as 10s; 0 waits forever",
		"as":              "act as this user, in each cluster",
		"as-uid":          "act as the user with this UID",
		"as-group":        "act as a member of this group; may be given several times",
	} {
		cmd.Flags().Lookup(name).Usage = usage
	}
	_ = cmd.RegisterFlagCompletionFunc("context", f.completeContexts)
}

// validate checks what can be seen without a kubeconfig.
func (f *liveFlags) validate() error {
	if _, err := clientcmd.ParseTimeout(*f.Timeout); err != nil {
		return inputErrorf("write a number with a unit, such as 10s or 2m", "--request-timeout does not take %q", *f.Timeout)
	}
	if *f.Impersonate == "" && (*f.ImpersonateUID != "" || len(*f.ImpersonateGroup) > 0) {
		return inputErrorf("name the user: --as USER", "--as-uid and --as-group need --as")
	}
	return nil
}

// complete reads the kubeconfig, once for all clusters. It also takes the logs of libraries away. That of
// client-go has warnings for developers, and at high verbosity the bodies of requests, tokens included;
// that of net/http has headers and bodies with GODEBUG=http2debug=2 (h2_bundle.go, http2summarizeFrame).
func (f *liveFlags) complete() (err error) {
	klog.LogToStderr(false)
	klog.SetOutput(io.Discard)
	log.SetOutput(io.Discard)
	f.raw, err = f.load()
	return err
}

// contextOf is the context with which to reach a cluster.
func (f *liveFlags) contextOf(cluster *v1alpha1.Cluster) string {
	if *f.Context != "" {
		return *f.Context
	}
	return cluster.Context
}

// config makes the client configuration of a cluster. It may be called from any goroutine.
func (f *liveFlags) config(cluster *v1alpha1.Cluster) (*rest.Config, error) {
	name := f.contextOf(cluster)
	if name == "" {
		return nil, inputErrorf("write context: NAME into mesh.yaml, or name one: --cluster "+cluster.Name+" --context NAME",
			"cluster %s has no context", cluster.Name)
	}
	return f.configOf(name)
}

// configOf makes the client configuration of a context.
func (f *liveFlags) configOf(name string) (*rest.Config, error) {
	if err := f.checkContext(name); err != nil {
		return nil, err
	}
	overrides := &clientcmd.ConfigOverrides{Timeout: *f.Timeout}
	overrides.AuthInfo.Impersonate = *f.Impersonate
	overrides.AuthInfo.ImpersonateUID = *f.ImpersonateUID
	overrides.AuthInfo.ImpersonateGroups = *f.ImpersonateGroup
	loading := clientcmd.NewDefaultClientConfigLoadingRules() // where a renewed login is kept
	loading.ExplicitPath = f.file
	config, err := clientcmd.NewNonInteractiveClientConfig(*f.raw, name, overrides, loading).ClientConfig()
	if err != nil {
		return nil, withHint(fmt.Errorf("use context %q: %w", name, err), f.kubectl(name)+" version has to work first")
	}
	config.UserAgent = f.userAgent
	config.QPS = -1 // what is asked is bounded already, and no controller waits behind it
	config.WarningHandler = rest.NoWarnings{}
	return config, nil
}

// checkContext refuses a context that is not there, and one that verifies nothing.
func (f *liveFlags) checkContext(name string) error {
	_, err := kubeconfig.Contexts(*f.raw, []string{name})
	var problems kubeconfig.Problems
	if !errors.As(err, &problems) {
		return err
	}
	context := f.raw.Contexts[name]
	if context != nil && f.raw.Clusters[context.Cluster] != nil && !f.raw.Clusters[context.Cluster].InsecureSkipTLSVerify {
		return nil // what else is wrong is no reason not to ask
	}
	return inputError{contextErrors(problems, false)}
}

// kubectl is the beginning of a command that uses a context as we do.
func (f *liveFlags) kubectl(context string) string {
	command := "kubectl"
	if f.file != "" {
		command += " --kubeconfig=" + shell.Quote(f.file)
	}
	return command + " --context=" + shell.Quote(context)
}

package cli

import (
	"runtime/debug"
	"slices"

	"github.com/spf13/cobra"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/kubectl-mesh/kubectl-mesh/internal/live"
	"github.com/kubectl-mesh/kubectl-mesh/internal/report"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/printable"
)

// kubeconfigFlags are kubectl's flags for the kubeconfig.
type kubeconfigFlags struct{ file string }

func (f *kubeconfigFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.file, "kubeconfig", "", "path to the kubeconfig file (default: $KUBECONFIG, or ~/.kube/config)")
	_ = cmd.MarkFlagFilename("kubeconfig")
}

// completeContexts completes the names of contexts.
func (f *kubeconfigFlags) completeContexts(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	config, err := live.ReadKubeconfig(f.file)
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	var names []string
	for name := range config.Contexts {
		if !printable.Text(name) {
			continue // a shell would treat the rest as a description, or execute it
		}
		names = append(names, name)
	}
	slices.Sort(names)
	return names, cobra.ShellCompDirectiveNoFileComp
}

// liveFlags are kubectl's flags for connections that make sense for several clusters. Each cluster's address and
// credentials come from its context. Flags that would send one cluster's to all of them are omitted: --server, --token,
// --user, --client-certificate and its key, --certificate-authority, --tls-server-name. Impersonation (--as) can be the
// same in all clusters. --insecure-skip-tls-verify is omitted because facts and credentials are read.
type liveFlags struct {
	kubeconfigFlags
	context, timeout string
	impersonate      rest.ImpersonationConfig
	userAgent        string
}

func newLiveFlags(system System) liveFlags {
	info, _ := debug.ReadBuildInfo()
	return liveFlags{timeout: "30s", userAgent: "kubectl-mesh/" + report.NewVersion(system.Version, info).Version}
}

// add adds the flags to a command. Commands that only talk to clusters must be marked interruptible.
func (f *liveFlags) add(cmd *cobra.Command) {
	f.kubeconfigFlags.add(cmd)
	flags, as := cmd.Flags(), &f.impersonate
	flags.StringVar(&f.context, clientcmd.FlagContext, "",
		"kubeconfig context to use instead of the one in mesh.yaml; requires --cluster")
	flags.StringVar(&f.timeout, clientcmd.FlagTimeout, f.timeout,
		"timeout of a single request to an API server, such as 10s; 0 disables it")
	flags.StringVar(&as.UserName, clientcmd.FlagImpersonate, "", "username to impersonate, in each cluster")
	flags.StringVar(&as.UID, clientcmd.FlagImpersonateUID, "", "UID to impersonate")
	flags.StringArrayVar(&as.Groups, clientcmd.FlagImpersonateGroup, nil,
		"group to impersonate; can be repeated")
	_ = cmd.RegisterFlagCompletionFunc(clientcmd.FlagContext, f.completeContexts)
}

// options returns the flags as data; a context applies to one cluster.
func (f *liveFlags) options(contextFor string) live.Options {
	return live.Options{Kubeconfig: f.file, Context: f.context, ContextFor: contextFor, Timeout: f.timeout, UserAgent: f.userAgent,
		Impersonate: f.impersonate}
}

// validate checks what needs no kubeconfig.
func (f *liveFlags) validate() error { return f.options("").Validate() }

// refuseContext: a context cannot be used for two clusters.
func (f *liveFlags) refuseContext() error {
	if f.context == "" {
		return nil
	}
	return verdict.Inputf("set context: NAME for each cluster in mesh.yaml", "--context selects one cluster, but a link has two")
}

// clusters reads the kubeconfig and returns access to the clusters of a workspace.
func (f *liveFlags) clusters(ws *workspace.Workspace, contextFor string) (*live.Clusters, error) {
	contexts, err := live.Load(f.options(contextFor))
	if err != nil {
		return nil, err
	}
	return contexts.For(ws.Live()), nil
}

package cli

import (
	"runtime/debug"
	"slices"
	"strings"
	"unicode"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/client-go/rest"

	"github.com/kubectl-mesh/kubectl-mesh/internal/live"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
)

// kubeconfigFlags name a kubeconfig as kubectl does.
type kubeconfigFlags struct{ file string }

func (f *kubeconfigFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.file, "kubeconfig", "", "the kubeconfig file; default: those of KUBECONFIG, or ~/.kube/config")
	_ = cmd.MarkFlagFilename("kubeconfig")
}

// completeContexts offers the names of all contexts.
func (f *kubeconfigFlags) completeContexts(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	config, err := live.ReadKubeconfig(f.file)
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	var names []string
	for name := range config.Contexts {
		if strings.ContainsFunc(name, unicode.IsControl) {
			continue // a shell would take the rest for a description, or obey it
		}
		names = append(names, name)
	}
	slices.Sort(names)
	return names, cobra.ShellCompDirectiveNoFileComp
}

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

// options are the flags as data; a context is that of one cluster.
func (f *liveFlags) options(contextFor string) live.Options {
	return live.Options{Kubeconfig: f.file, Context: *f.Context, ContextFor: contextFor, Timeout: *f.Timeout, UserAgent: f.userAgent,
		Impersonate: rest.ImpersonationConfig{UserName: *f.Impersonate, UID: *f.ImpersonateUID, Groups: *f.ImpersonateGroup}}
}

// validate checks what can be seen without a kubeconfig.
func (f *liveFlags) validate() error { return f.options("").Validate() }

// refuseContext: one context is not that of two clusters.
func (f *liveFlags) refuseContext() error {
	if *f.Context == "" {
		return nil
	}
	return verdict.Inputf("write context: NAME into each cluster of mesh.yaml", "--context is one cluster's, and a link has two")
}

// clusters reads the kubeconfig and is the way to the clusters of a workspace.
func (f *liveFlags) clusters(ws *workspace.Workspace, contextFor string) (*live.Clusters, error) {
	contexts, err := live.Load(f.options(contextFor))
	if err != nil {
		return nil, err
	}
	return contexts.For(ws.Live()), nil
}

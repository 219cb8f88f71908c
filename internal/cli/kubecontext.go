package cli

import (
	"errors"
	"io/fs"
	"slices"
	"strings"
	"unicode"

	"github.com/spf13/cobra"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

// kubeconfigFlags name a kubeconfig as kubectl does.
type kubeconfigFlags struct{ file string }

func (f *kubeconfigFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.file, "kubeconfig", "", "the kubeconfig file; default: those of KUBECONFIG, or ~/.kube/config")
	_ = cmd.MarkFlagFilename("kubeconfig")
}

// load merges the kubeconfig files as kubectl does. None at all is an empty kubeconfig, so
// that everything works where there is none.
func (f *kubeconfigFlags) load() (*clientcmdapi.Config, error) {
	loading := clientcmd.NewDefaultClientConfigLoadingRules()
	loading.ExplicitPath = f.file
	loading.WarnIfAllMissing = false
	config, err := loading.Load()
	if err != nil {
		return nil, kubeconfigError(loading, err)
	}
	return config, nil
}

// kubeconfigError names the file that is wrong. It does not repeat what client-go says of its
// content: for a doubled user that is the whole list of users, tokens included
// (tools/clientcmd/api/v1/conversion.go).
func kubeconfigError(loading *clientcmd.ClientConfigLoadingRules, err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return inputErrorf("name a kubeconfig that can be read: --kubeconfig FILE", "read kubeconfig: %w", path)
	}
	files := loading.GetLoadingPrecedence()
	if loading.ExplicitPath != "" {
		files = []string{loading.ExplicitPath}
	}
	for _, file := range files {
		if _, err := clientcmd.LoadFromFile(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return inputErrorf("kubectl config view --kubeconfig "+shell.Quote(file)+" tells more", "read kubeconfig %s: it is no valid kubeconfig", file)
		}
	}
	return inputErrorf("name one kubeconfig: --kubeconfig FILE", "read kubeconfig: its files cannot be merged")
}

// completeContexts offers the names of all contexts.
func (f *kubeconfigFlags) completeContexts(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	config, err := f.load()
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

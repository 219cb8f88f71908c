package live

import (
	"errors"
	"io/fs"

	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

// ReadKubeconfig merges the kubeconfig files like kubectl, or reads the specified one. Without any, it is empty, so
// that everything else works.
func ReadKubeconfig(file string) (*clientcmdapi.Config, error) {
	loading := clientcmd.NewDefaultClientConfigLoadingRules()
	loading.ExplicitPath = file
	loading.WarnIfAllMissing = false
	for _, name := range loading.GetLoadingPrecedence() {
		if err := checkFile("kubeconfig", name, "specify a readable kubeconfig: --kubeconfig FILE"); err != nil {
			return nil, err
		}
	}
	config, err := loading.Load()
	if err != nil {
		return nil, kubeconfigError(loading, err)
	}
	return config, nil
}

// kubeconfigError names the invalid file. It drops client-go's error: for a duplicate user that is the whole list of
// users, including tokens (tools/clientcmd/api/v1/conversion.go).
func kubeconfigError(loading *clientcmd.ClientConfigLoadingRules, err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return verdict.Inputf("specify a readable kubeconfig: --kubeconfig FILE", "read kubeconfig: %w", path)
	}
	files := loading.GetLoadingPrecedence()
	if loading.ExplicitPath != "" {
		files = []string{loading.ExplicitPath}
	}
	for _, file := range files {
		if _, err := clientcmd.LoadFromFile(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return verdict.Inputf("kubectl config view --kubeconfig "+shell.Name(file)+" shows the problem",
				"read kubeconfig %s: not a valid kubeconfig", file)
		}
	}
	return verdict.Inputf("specify one kubeconfig: --kubeconfig FILE", "read kubeconfig: its files cannot be merged")
}

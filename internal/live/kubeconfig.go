package live

import (
	"errors"
	"io/fs"

	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

// ReadKubeconfig merges the kubeconfig files as kubectl does, or reads the one that is named. None at all
// is an empty kubeconfig, so that everything works if there is none.
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

// kubeconfigError names the file that is wrong. It does not repeat what client-go says of its
// content: for a doubled user that is the whole list of users, tokens included
// (tools/clientcmd/api/v1/conversion.go).
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

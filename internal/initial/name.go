package initial

import (
	"fmt"
	"path/filepath"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
)

// meshName returns the specified name, or that of the file's directory; - is a file in the current one.
func meshName(set, file string) (string, error) {
	if set != "" {
		return set, nil
	}
	dir := "."
	if file != "-" {
		dir = filepath.Dir(file)
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("get the name of the directory: %w", err)
	}
	return kubeconfig.Label(filepath.Base(dir)), nil
}

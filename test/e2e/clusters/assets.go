package clusters

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// fromAssets returns the paths of the programs in dir by their names; none if dir is empty. The directories that
// envtest downloads hold no controller manager, so that one may be missing.
func fromAssets(dir string) (map[string]string, error) {
	paths := map[string]string{}
	if dir == "" {
		return paths, nil
	}
	for _, p := range parts() {
		path := filepath.Join(dir, p.name)
		_, err := os.Stat(path)
		switch {
		case err == nil:
			paths[p.name] = path
		case !p.optional || !errors.Is(err, fs.ErrNotExist):
			return nil, fmt.Errorf("find %s in KUBEBUILDER_ASSETS: %w", p.name, err)
		}
	}
	return paths, nil
}

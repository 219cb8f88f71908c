package clusters

import (
	"context"
	"os"
)

// Binaries are the paths of a control plane's programs.
type Binaries struct {
	Etcd              string
	APIServer         string
	ControllerManager string
}

// Build finds the programs in the directory in KUBEBUILDER_ASSETS, or in the user's cache, and compiles missing ones.
// The first compilation takes minutes, every later call a fraction of a second.
func Build(ctx context.Context) (Binaries, error) {
	paths, err := fromAssets(os.Getenv("KUBEBUILDER_ASSETS"))
	if err != nil {
		return Binaries{}, err
	}
	if missing := partsWithout(paths); len(missing) > 0 {
		if err := fromCache(ctx, missing, paths); err != nil {
			return Binaries{}, err
		}
	}
	return Binaries{
		Etcd:              paths[etcdName],
		APIServer:         paths[apiServerName],
		ControllerManager: paths[controllerManagerName],
	}, nil
}

func partsWithout(paths map[string]string) []part {
	var missing []part
	for _, p := range parts() {
		if paths[p.name] == "" {
			missing = append(missing, p)
		}
	}
	return missing
}

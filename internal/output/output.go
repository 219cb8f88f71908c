package output

import (
	"fmt"
	"io/fs"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// Options say how a tree is written.
type Options struct {
	// Private is for credentials: folders 0700 and files 0600, whatever the umask. Otherwise
	// folders are 0755 and files 0644, less the umask.
	Private bool
	// Force also replaces and removes files that a hand changed or that are not ours.
	Force bool
}

// Report is what a run did. Paths are those of the tree, in order.
type Report struct {
	Written   []string
	Unchanged []string
	Removed   []string
}

// Write makes dir hold the tree, and creates dir when it is missing. Files that are right
// already are not touched. After a power failure files may be missing: a tree can be rendered
// again, and waiting for the disk would take longer than all else. An error means that dir is as it was before, unless it says otherwise.
func Write(dir string, tree layout.Tree, opts Options) (Report, error) {
	return write(dir, tree, opts, nil)
}

func write(dir string, tree layout.Tree, opts Options, inject fault) (Report, error) {
	report, err := writeTree(dir, tree, opts, inject)
	if err != nil {
		return Report{}, withRemedy(fmt.Errorf("write %s: %w", dir, err))
	}
	return report, nil
}

func writeTree(dir string, tree layout.Tree, opts Options, inject fault) (Report, error) {
	if err := checkTree(tree); err != nil {
		return Report{}, err
	}
	t, err := openTarget(dir, opts.folderMode(), inject)
	if err != nil {
		return Report{}, err
	}
	report, err := t.fill(tree, opts)
	// A folder that was made for nothing goes away again.
	t.close(err == nil && len(report.Written) > 0)
	return report, err
}

func (t *target) fill(tree layout.Tree, opts Options) (Report, error) {
	release, err := claim(t.disk.root)
	if err != nil {
		return Report{}, err
	}
	defer release()
	p, err := newPlan(t.dir, t.disk.root, tree, opts)
	if err != nil {
		return Report{}, err
	}
	if err := p.refusal(); err != nil {
		return Report{}, err
	}
	d := t.disk
	if err := sweep(d); err != nil {
		return Report{}, err
	}
	if p.nothingToDo() {
		return p.report(), nil
	}
	return p.report(), install(d, p)
}

func (o Options) folderMode() fs.FileMode {
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

package cli

import (
	"fmt"
	"path/filepath"

	"github.com/kubectl-mesh/kubectl-mesh/internal/output"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// folderTree is a tree and the folder that is to hold it.
type folderTree struct {
	folder string
	tree   render.Tree
	opts   output.Options
}

// runTree makes the folder hold the tree, or checks that it does.
func (o *renderOptions) runTree(ws *workspace, problems []mesh.Problem) error {
	var only []string
	if o.cluster != "" || o.context != "" {
		name, err := o.pickCluster(ws)
		if err != nil {
			return err
		}
		only = []string{name}
	}
	trees, err := o.trees(ws, only, problems)
	if err != nil {
		return err
	}
	if o.check {
		return o.checkTrees(trees)
	}
	for _, t := range trees {
		if t.opts.Private {
			if err := output.EnsureIgnored(ws.path("credentials")); err != nil {
				return err
			}
		}
		report, err := output.Write(t.folder, t.tree, t.opts)
		if err != nil {
			return err
		}
		fmt.Fprintf(o.ErrOut, "%s: %d written, %d unchanged, %d removed\n", t.folder,
			len(report.Written), len(report.Unchanged), len(report.Removed))
	}
	return nil
}

// trees renders the reviewed tree and, with --secrets=include, the private one. Both are
// rendered before either is written.
func (o *renderOptions) trees(ws *workspace, only []string, problems []mesh.Problem) ([]folderTree, error) {
	consumers, secrets := only, o.secrets
	if len(consumers) == 0 {
		consumers = ws.graph.Names()
	}
	if secrets == "" {
		secrets = secretsSkip
	}
	in, err := o.input(ws, consumers, secrets, problems)
	if err != nil {
		return nil, err
	}
	deploy, err := render.Deploy(in, only)
	if err != nil {
		return nil, err
	}
	trees := []folderTree{{o.outputDir, deploy, output.Options{Force: o.force}}}
	if secrets != secretsInclude {
		return trees, nil
	}
	private := ws.path("credentials/overlays")
	back, err := relative(private, o.outputDir)
	if err != nil {
		return nil, err
	}
	overlays, err := render.Credentials(in, only, back)
	return append(trees, folderTree{private, overlays, output.Options{Force: o.force, Private: true}}), err
}

// relative is the path from one folder to another, as kustomize wants it.
func relative(from, to string) (string, error) {
	from, err := filepath.Abs(from)
	if err != nil {
		return "", err
	}
	if to, err = filepath.Abs(to); err != nil {
		return "", err
	}
	path, err := filepath.Rel(from, to)
	return filepath.ToSlash(path), err
}

// checkTrees lists on stdout what is not as it would be rendered.
func (o *renderOptions) checkTrees(trees []folderTree) error {
	differences := 0
	for _, t := range trees {
		found, err := output.Check(t.folder, t.tree, t.opts)
		if err != nil {
			return err
		}
		for _, d := range found {
			fmt.Fprintf(o.Out, "%s\t%s\n", d.Kind, filepath.Join(t.folder, filepath.FromSlash(d.Path)))
		}
		differences += len(found)
	}
	if differences > 0 {
		return withHint(fmt.Errorf("%s is not what %s renders: %s", o.outputDir, o.filename, count(differences, "difference")),
			"run the same command without --check")
	}
	return nil
}

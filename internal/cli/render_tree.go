package cli

import (
	"fmt"
	"path/filepath"
	"strings"

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
	if err := checkFolder(ws, o.outputDir); err != nil {
		return err
	}
	var only []string
	if o.cluster != "" || *o.Context != "" {
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
		return o.checkTrees(ws, trees)
	}
	if o.secrets == secretsInclude {
		if err := output.EnsureIgnored(ws.path(credentialsFolder)); err != nil {
			return err
		}
	}
	for _, t := range trees {
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
	private := ws.path(credentialsFolder + "/overlays")
	back, err := relative(private, o.outputDir)
	if err != nil {
		return nil, err
	}
	overlays, err := render.Credentials(in, only, back)
	return append(trees, folderTree{private, overlays, output.Options{Force: o.force, Private: true}}), err
}

// checkFolder keeps the reviewed tree out of the folder of credentials: git ignores that one,
// and the two trees would take each other's files for stale ones.
func checkFolder(ws *workspace, folder string) error {
	path, err := relative(ws.path(credentialsFolder), folder)
	if err == nil && filepath.IsLocal(path) {
		return inputErrorf("name another one: --output-dir deploy", "--output-dir %s lies in the folder of credentials", folder)
	}
	return err
}

// relative is the path from one folder to another, as kustomize wants it.
func relative(from, to string) (string, error) {
	from, err := withoutLinks(from)
	if err != nil {
		return "", err
	}
	if to, err = withoutLinks(to); err != nil {
		return "", err
	}
	path, err := filepath.Rel(from, to)
	return filepath.ToSlash(path), err
}

// withoutLinks is the absolute path with its links followed, as far as it exists: behind a
// link, ".." leads elsewhere than the text of a path says.
func withoutLinks(path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	for above := path; ; above = filepath.Dir(above) {
		if followed, err := filepath.EvalSymlinks(above); err == nil {
			return filepath.Join(followed, strings.TrimPrefix(path, above)), nil
		}
		if above == filepath.Dir(above) {
			return path, nil
		}
	}
}

// checkTrees lists on stdout what is not as it would be rendered.
func (o *renderOptions) checkTrees(ws *workspace, trees []folderTree) error {
	differences := 0
	for _, t := range trees {
		found, err := output.Check(t.folder, t.tree, t.opts)
		if err != nil {
			return err
		}
		for _, d := range found {
			if _, err := fmt.Fprintf(o.Out, "%s\t%s\n", d.Kind, filepath.Join(t.folder, filepath.FromSlash(d.Path))); err != nil {
				return err
			}
		}
		differences += len(found)
	}
	if differences > 0 {
		return withHint(fmt.Errorf("%s from what %s renders", count(differences, "difference"), ws.name),
			"run the same command without --check")
	}
	return nil
}

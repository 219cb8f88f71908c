package tree

import (
	"context"
	"path/filepath"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/output"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// Tree is a rendered tree and its target directory.
type Tree struct {
	Dir string
	layout.Tree
	Options output.Options
	// shared is set if the directory contains the workspace too.
	shared bool
}

// Target is the directory for the reviewed tree.
type Target struct {
	Dir string
	// Only are the clusters to render; none for all.
	Only []string
	// Force overwrites and removes files that were edited by hand or that this program did not create.
	Force bool
}

// Rendered is the result of rendering a workspace.
type Rendered struct {
	Trees []Tree
	// Held is what cannot be rendered yet.
	Held []render.Held

	private string // the directory of the credentials tree
}

// Render renders the reviewed tree and, with Include, the private one. Both are rendered before either is written. The
// problems do not stop it; they are returned with an error too.
func Render(in Input, to Target) (Rendered, []mesh.Problem, error) {
	ws, clusters := in.Workspace, to.Only
	if err := checkDir(ws, to.Dir); err != nil {
		return Rendered{}, in.Problems, err
	}
	if len(clusters) == 0 {
		clusters = ws.Graph.Names()
	}
	input, problems, err := in.read(clusters, ws.Graph.Names())
	if err != nil {
		return Rendered{}, problems, err
	}
	r, err := in.render(input, to)
	if err == nil {
		err = ws.Unchanged()
	}
	return r, problems, err
}

func (in Input) render(input render.Input, to Target) (Rendered, error) {
	ws := in.Workspace
	held, needed, err := in.findHeld(&input, to)
	if err != nil {
		return Rendered{}, err
	}
	deploy, err := render.Deploy(input, to.Only)
	if err != nil {
		return Rendered{}, err
	}
	shared, err := holds(to.Dir, ws.Dir)
	if err != nil {
		return Rendered{}, err
	}
	private := ws.Path(layout.PrivateTree())
	reviewed := Tree{
		Dir:     to.Dir,
		Tree:    deploy,
		Options: output.Options{Force: to.Force, Needed: needed, Hook: ws.Hook()},
		shared:  shared,
	}
	r := Rendered{private: private, Held: held, Trees: []Tree{reviewed}}
	if in.Secrets != Include {
		return r, nil
	}
	back, err := relative(private, to.Dir)
	if err != nil {
		return Rendered{}, err
	}
	overlays, err := render.Credentials(input, to.Only, back)
	r.Trees = append(r.Trees, Tree{
		Dir:     private,
		Tree:    overlays,
		Options: output.Options{Force: to.Force, Private: true, Hook: ws.Hook()},
	})
	return r, err
}

// Check returns what Write would do, or refuse.
func (t Tree) Check() ([]output.Difference, error) { return output.Check(t.Dir, t.Tree, t.Options) }

// Unmanaged returns files next to the tree that Write would keep: this program did not create them.
func (t Tree) Unmanaged() ([]output.Difference, error) {
	return output.FindUnmanaged(t.Dir, t.Tree, t.shared)
}

// Write writes the trees to their directories, under the workspace's lock if one of them is inside. It returns what it
// did also with an error: the previous trees are then written.
func Write(ctx context.Context, ws *workspace.Workspace, trees []Tree) (reports []output.Report, err error) {
	write := func() error {
		for _, t := range trees {
			report, err := output.Write(t.Dir, t.Tree, t.Options)
			if err != nil {
				return err
			}
			reports = append(reports, report)
		}
		return nil
	}
	isInside := false
	for _, t := range trees {
		if t.Options.Private {
			if err := ws.PrepareCredentials(ctx); err != nil {
				return nil, err
			}
		}
		isInside = isInside || IsInside(ws, t.Dir)
	}
	if isInside {
		err = ws.Exclusively(ctx, write)
	} else {
		err = write()
	}
	return reports, err
}

// checkDir rejects the credentials directory for the reviewed tree: Git ignores it, and each tree would treat the
// other's files as stale.
func checkDir(ws *workspace.Workspace, dir string) error {
	private, err := holds(ws.Path(layout.Credentials), dir)
	if err == nil && private {
		return verdict.Inputf("specify another directory: --output-dir "+layout.Deploy,
			"--output-dir %s is in the credentials directory", dir)
	}
	return err
}

// IsInside reports whether a directory is inside the workspace; elsewhere it is a copy.
func IsInside(ws *workspace.Workspace, dir string) bool {
	inside, err := holds(ws.Dir, dir)
	return err == nil && inside
}

// holds reports whether a directory is the outer one or is inside it.
func holds(outer, dir string) (bool, error) {
	path, err := relative(outer, dir)
	return err == nil && filepath.IsLocal(path), err
}

// relative returns the path between two directories, as kustomize requires it.
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

// withoutLinks resolves the links of the existing part of a path: behind a link, ".." is not what the path suggests.
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

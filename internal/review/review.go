package review

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/git"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/changes"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// Input of a comparison.
type Input struct {
	// Source is the working tree's workspace.
	Source workspace.Source
	Range
}

// Result explains the change.
type Result struct {
	// Mesh is the name of the mesh, File the specified mesh file.
	Mesh, File string
	Base, Head Revision
	// New is set if the base has no mesh file.
	New bool
	// Members are the clusters of the base and of the head, sorted.
	Members [][]string
	Changes []changes.Change
	Objects changes.Differences
	Steps   []changes.Step
}

// UncomparedError reports that a change is unknown, as opposed to empty.
type UncomparedError struct{ err error }

func (e *UncomparedError) Error() string { return e.err.Error() }

func (e *UncomparedError) Unwrap() error { return e.err }

func uncompared(err error) error {
	if err == nil || errors.Is(err, verdict.ErrInterrupted) {
		return err
	}
	return &UncomparedError{err: err}
}

// Run compares. An error of the head side is an input error; one of the base side, or of Git, is an UncomparedError.
func Run(ctx context.Context, in Input) (Result, error) {
	if in.Source.Filename == "-" {
		return Result{}, verdict.Inputf("specify the mesh file with -f", "a mesh on stdin has no revisions")
	}
	dir := filepath.Dir(in.Source.Filename)
	repository, err := open(ctx, dir, in.Source.Environ)
	if err != nil {
		return Result{}, uncompared(err)
	}
	base, head, err := in.sides(ctx, repository)
	if err != nil {
		return Result{}, uncompared(err)
	}
	r := reader{repository: repository, source: in.Source}
	before, err := r.base(ctx, base)
	if err != nil {
		return Result{}, uncompared(fmt.Errorf("read base %s: %w", base, err))
	}
	after, err := r.head(ctx, head)
	if err != nil {
		return Result{}, err
	}
	if after.refused != nil {
		return Result{}, after.refused
	}
	objects, err := rendered(ctx, before, after)
	if err != nil {
		return Result{}, err
	}
	found := placed(changes.Compare(before.Side, after.Side, objects), in.Source.Filename)
	return Result{
		Mesh: after.Summary.Mesh, File: in.Source.Filename, Base: base, Head: head, New: before.Mesh == nil,
		Members: [][]string{clustersOf(before), clustersOf(after)}, Changes: found, Objects: objects.Count(),
		Steps: changes.Steps(found, before.Side, after.Side, workspace.FilenameFlag(in.Source.Filename)),
	}, ctx.Err()
}

// open finds the repository of a mesh file's directory.
func open(ctx context.Context, dir string, environ []string) (*git.Repository, error) {
	const worktree = "review requires a working tree; for a bare repository: git worktree add DIRECTORY"
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return nil, hint.Errorf("specify the mesh file with -f; "+worktree, "directory %s does not exist", dir)
	}
	repository, err := git.Open(ctx, git.Input{Dir: dir, Environ: environ})
	switch {
	case errors.Is(err, git.ErrNoRepository):
		return nil, hint.Add(err, "specify a mesh file in a Git repository with -f, or create a repository: git init")
	case errors.Is(err, git.ErrUnusable):
		return nil, hint.Add(err, worktree)
	}
	return repository, err
}

// placed formats every path as the user would write it. Those of the mesh file and of findings already are.
func placed(all []changes.Change, filename string) []changes.Change {
	dir := filepath.ToSlash(filepath.Dir(filename)) + "/"
	for i := range all {
		file := filepath.ToSlash(all[i].At.File)
		if file != "" && file != filepath.ToSlash(filename) && !strings.HasPrefix(file, dir) {
			all[i].At.File = strings.TrimPrefix(dir, "./") + file
		}
	}
	return all
}

// String formats a revision for readers.
func (r Revision) String() string {
	switch {
	case r.Commit == "":
		return "working tree"
	case r.Name == r.Commit:
		return short(r.Commit)
	}
	return r.Name + " (" + short(r.Commit) + ")"
}

func short(commit string) string { return commit[:min(len(commit), 12)] }

// reader reads the sides of a comparison.
type reader struct {
	repository *git.Repository
	source     workspace.Source
}

// base reads the older side; a missing mesh is no error.
func (r reader) base(ctx context.Context, revision Revision) (side, error) {
	found, err := r.commit(ctx, revision)
	if errors.Is(err, errNoMesh) {
		return side{}, nil
	}
	return found, err
}

func (r reader) head(ctx context.Context, revision Revision) (side, error) {
	if revision.Commit == "" {
		return r.workingTree(ctx)
	}
	found, err := r.commit(ctx, revision)
	var problems *workspace.Problems
	switch {
	case errors.Is(err, errNoMesh):
		return found, verdict.Inputf("specify the mesh file with -f", "%s does not exist in %s", r.source.Filename, revision)
	case errors.As(err, &problems):
		return found, err
	case err != nil:
		return found, uncompared(fmt.Errorf("read head %s: %w", revision, err))
	}
	return found, nil
}

func (r reader) workingTree(ctx context.Context) (side, error) {
	if err := checkFiles(r.source.Filename); err != nil {
		return side{}, uncompared(fmt.Errorf("read working tree: %w", err))
	}
	ws, problems, err := workspace.Read(ctx, r.source)
	if err != nil {
		return side{}, err
	}
	defer ws.Close()
	if ws.Graph == nil {
		return side{}, &workspace.Problems{Name: ws.Name, List: problems, Rest: workspace.ListAll(r.source.Filename)}
	}
	found, err := newSide(&ws.Public)
	if err == nil {
		err = ws.Unchanged()
	}
	return found, err
}

var errNoMesh = errors.New("no mesh file")

// commit reads a mesh and its files from the object database.
func (r reader) commit(ctx context.Context, revision Revision) (side, error) {
	name := filepath.Base(r.source.Filename)
	snapshot, err := r.repository.Snapshot(ctx, git.Commit(revision.Commit), append(layout.Reviewed(), name)...)
	if err != nil {
		return side{}, err
	}
	defer snapshot.Close()
	file, err := snapshot.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return side{}, errNoMesh
	}
	if err != nil {
		return side{}, err
	}
	text, err := mesh.ReadLimited(file)
	if err != nil {
		return side{}, err
	}
	ws, problems := workspace.ReadPublic(ctx, workspace.Files{
		Name:  r.source.Filename,
		Dir:   filepath.Dir(r.source.Filename),
		Text:  text,
		Files: snapshot,
	})
	if ws.Graph == nil {
		return side{}, problemsOf(revision, r.source.Filename, problems)
	}
	return newSide(&ws)
}

// problemsOf returns problems of a file of a revision.
func problemsOf(revision Revision, filename string, problems []mesh.Problem) error {
	for i := range problems {
		problems[i].File = short(revision.Commit) + ":" + problems[i].File
	}
	return &workspace.Problems{Name: revision.String() + ":" + filename, List: problems}
}

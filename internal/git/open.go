package git

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
)

// Input names a directory and what git inherits.
type Input struct {
	// Dir is a directory of the work tree, not necessarily its top.
	Dir string
	// Environ is the environment as os.Environ returns it: git finds the user's configuration by it.
	Environ []string
}

// Repository is the repository that a directory belongs to. Paths that it takes and returns are relative
// to that directory, with slashes. It may be used by several goroutines at once.
type Repository struct {
	git program
	dir string // as it was given, absolute
	top string // of the work tree, absolute, symbolic links resolved
	sub string // dir below top, with slashes; empty at the top
}

// Open finds the repository of a directory: the innermost one, as git does. The error wraps ErrNoProgram,
// ErrNoRepository, ErrDubiousOwnership or ErrUnusable where that is the reason.
func Open(ctx context.Context, in Input) (*Repository, error) {
	git, err := find(in.Environ)
	if err != nil {
		return nil, err
	}
	return open(ctx, git, in.Dir)
}

func open(ctx context.Context, git program, dir string) (*Repository, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("locate %s: %w", dir, err)
	}
	answer, err := git.run(ctx, dir, "", "rev-parse",
		"--is-inside-work-tree", "--show-toplevel", "--show-prefix", "--absolute-git-dir")
	if err != nil {
		return nil, refused(dir, err)
	}
	lines := strings.Split(strings.TrimSuffix(answer, "\n"), "\n")
	switch {
	case lines[0] != "true": // core.worktree can say so
		return nil, fmt.Errorf("%s: %w: its work tree is elsewhere", dir, ErrUnusable)
	case len(lines) != 4:
		return nil, fmt.Errorf("%s: %w: its path contains a line break", dir, ErrUnusable)
	case lines[1] == lines[3]: // files of the work tree pass for it; git before 2.38 knows no safe.bareRepository
		return nil, fmt.Errorf("%s: %w: its work tree is the repository itself", dir, ErrUnusable)
	}
	top, sub := filepath.FromSlash(lines[1]), strings.TrimSuffix(lines[2], "/")
	return &Repository{git: git, dir: dir, top: top, sub: sub}, nil
}

// Top is the directory at which the work tree begins.
func (r *Repository) Top() string { return r.top }

func (r *Repository) run(ctx context.Context, args ...string) (string, error) {
	return r.git.run(ctx, r.dir, "", args...)
}

// list runs a command whose answer is a list of records that end with NUL.
func (r *Repository) list(ctx context.Context, args ...string) ([]string, error) {
	answer, err := r.run(ctx, args...)
	return records(answer), err
}

func records(answer string) []string {
	if answer == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(answer, "\x00"), "\x00")
}

// local refuses paths that lead out of the directory: git would answer about the rest of the repository.
func local(paths []string) error {
	var problems []error
	for _, path := range paths {
		if !filepath.IsLocal(filepath.FromSlash(path)) {
			problems = append(problems, fmt.Errorf("%q: not a path below the directory", path))
		}
	}
	return errors.Join(problems...)
}

// literal are paths as pathspecs in which no character has a meaning.
func literal(paths []string) []string {
	specs := make([]string, len(paths))
	for i, path := range paths {
		specs[i] = ":(literal)" + path
	}
	return specs
}

// AtTop is the same repository, with paths relative to the top of its work tree.
func (r *Repository) AtTop() *Repository { return &Repository{git: r.git, dir: r.top, top: r.top} }

// Prefix is the path of the directory below the top, with slashes; empty at the top.
func (r *Repository) Prefix() string { return r.sub }

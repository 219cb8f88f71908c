package git

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

// GuardInput is a directory that git must never track.
type GuardInput struct {
	Input
	// Secret is the directory of secrets, relative to Dir: "credentials". It need not exist.
	Secret string
	// Planned are files that will be written, relative to Secret: "west/east/token". A rule may take out
	// names that are not there yet.
	Planned []string
}

// Guarded is what a guard found.
type Guarded struct {
	// Unverified explains, with a remedy, why git could not be asked; print it as one warning. It is nil if git ignores
	// all existing and planned files.
	Unverified error
}

// Guard checks a directory of secrets. It returns an error for everything in it that git tracks or would add: tracked
// files, including those of an enclosing repository; files that no rule ignores, or that a rule re-includes; nested
// repositories, which have their own index; symbolic links to directories, behind which git and the writer would see
// different files.
//
// If git is not installed, the directory is in no repository, or its owner is not trusted, the result is not an error
// but Unverified. Any other failure of git is an error.
func Guard(ctx context.Context, in GuardInput) (Guarded, error) {
	secret := filepath.ToSlash(filepath.Clean(in.Secret))
	repository, err := Open(ctx, in.Input)
	switch {
	case cannotAsk(err):
		return Guarded{Unverified: unverified(secret, err)}, nil
	case err != nil:
		return Guarded{}, fmt.Errorf("verify that Git ignores %s/: %w", secret, err)
	}
	inside, err := look(filepath.Join(repository.dir, filepath.FromSlash(secret)), secret)
	switch {
	case err != nil:
		return Guarded{}, err
	case len(inside.refused) > 0: // git does not answer about what is behind a link
		return Guarded{}, errors.Join(inside.refused...)
	}
	return repository.guard(ctx, secret, append(inside.files, below(secret, in.Planned)...))
}

// cannotAsk distinguishes permanent reasons from temporary failures.
func cannotAsk(err error) bool {
	return errors.Is(err, ErrNoProgram) || errors.Is(err, ErrNoRepository) || errors.Is(err, ErrDubiousOwnership)
}

func unverified(secret string, err error) error {
	remedy := "" // a repository of another owner comes with one
	switch {
	case errors.Is(err, ErrNoProgram):
		remedy = "install git, or make sure that " + secret + "/ is never committed or copied"
	case errors.Is(err, ErrNoRepository):
		remedy = "make sure that " + secret + "/ is never committed or copied"
	}
	return hint.Add(fmt.Errorf("not verified that Git ignores %s/: %w", secret, err), remedy)
}

func below(secret string, planned []string) []string {
	var paths []string
	for _, path := range planned {
		paths = append(paths, secret+"/"+filepath.ToSlash(filepath.Clean(path)))
	}
	return paths
}

func (r *Repository) guard(ctx context.Context, secret string, paths []string) (Guarded, error) {
	tracked, err := r.trackedBelow(ctx, secret)
	if err != nil {
		return Guarded{}, err
	}
	exposed, err := r.exposed(ctx, secret, paths)
	if err != nil {
		return Guarded{}, err
	}
	problems := []error{refuseTracked(r.dir, secret, tracked), exposed}
	var guarded Guarded
	for dir := enclosing(r.top); dir != ""; dir = enclosing(dir) {
		err := r.around(ctx, dir, secret)
		if errors.Is(err, ErrDubiousOwnership) {
			guarded.Unverified, err = unverified(secret, err), nil
		}
		problems = append(problems, err)
	}
	return guarded, errors.Join(problems...)
}

// trackedBelow lists files in the index. On a file system that does not tell small letters from capital
// ones, the index may spell the directory in another way.
func (r *Repository) trackedBelow(ctx context.Context, secret string) ([]string, error) {
	names, err := r.list(ctx, "ls-files", "-z", "--", ":(literal,icase)"+secret)
	if err != nil {
		return nil, fmt.Errorf("list tracked files: %w", err)
	}
	want, _ := os.Stat(filepath.Join(r.dir, filepath.FromSlash(secret)))
	names = slices.DeleteFunc(names, func(name string) bool {
		spelled := name[:min(len(secret), len(name))]
		if spelled == secret {
			return name == secret+"/.gitignore" // it says to ignore everything, and may be committed
		}
		got, err := os.Stat(filepath.Join(r.dir, filepath.FromSlash(spelled)))
		return err != nil || want == nil || !os.SameFile(want, got)
	})
	return slices.Compact(names), nil
}

func refuseTracked(dir, secret string, names []string) error {
	if len(names) == 0 {
		return nil
	}
	return exposes(fmt.Errorf("%s tracked by Git", are(names)),
		"git -C "+shell.Name(dir)+" rm -r --cached --ignore-unmatch -- "+shell.Name(secret)+", and commit that",
		"treat every credential that was committed as compromised: rotate it")
}

// around asks a repository that the directory's own one is in: what it tracks it commits, also where the
// nested repository was created later.
func (r *Repository) around(ctx context.Context, dir, secret string) error {
	outer, err := open(ctx, r.git, dir)
	if errors.Is(err, ErrNoRepository) {
		return nil
	}
	if err != nil {
		return err
	}
	path, err := filepath.Rel(dir, filepath.Join(r.top, filepath.FromSlash(r.sub), filepath.FromSlash(secret)))
	if err != nil {
		return fmt.Errorf("locate %s: %w", secret, err)
	}
	path = filepath.ToSlash(path)
	names, err := outer.trackedBelow(ctx, path)
	if err != nil {
		return err
	}
	return refuseTracked(dir, path, names)
}

// enclosing is the next parent that a repository may begin at; empty if there is none.
func enclosing(dir string) string {
	for parent := filepath.Dir(dir); parent != dir; dir, parent = parent, filepath.Dir(parent) {
		if _, err := os.Lstat(filepath.Join(parent, ".git")); err == nil {
			return parent
		}
	}
	return ""
}

package git

import (
	"errors"
	"fmt"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

// Reasons why git cannot answer. errors.Is finds them in what the functions of this package return.
var (
	// ErrNoProgram: there is no git on PATH.
	ErrNoProgram = errors.New("git is not installed")
	// ErrNoRepository: neither the directory nor a parent is a repository.
	ErrNoRepository = errors.New("not in a Git repository")
	// ErrDubiousOwnership: another user owns the repository, and safe.directory does not list it.
	ErrDubiousOwnership = errors.New("the Git repository is owned by another user")
	// ErrUnusable: there is a repository, but git cannot work with it, or its work tree is elsewhere.
	ErrUnusable = errors.New("the Git repository cannot be used")
	// ErrUnknownRevision: the repository does not have that revision.
	ErrUnknownRevision = errors.New("unknown Git revision")
	// ErrAmbiguous: several refs have the name of the revision.
	ErrAmbiguous = errors.New("ambiguous Git revision")
	// ErrNoMergeBase: two revisions have no common ancestor in this clone.
	ErrNoMergeBase = errors.New("no common ancestor")
	// ErrMissingObject: the clone is partial, and lacks content that was asked for.
	ErrMissingObject = errors.New("missing in this clone")
	// ErrTooLarge: git answers more than this program is prepared to hold.
	ErrTooLarge = errors.New("larger than the limit")
)

// ExposedError reports what git tracks, or would add, in a directory of secrets. It is a finding of Guard, not a
// failure.
type ExposedError struct{ err error }

func (e *ExposedError) Error() string { return e.err.Error() }

func (e *ExposedError) Unwrap() error { return e.err }

// exposes makes an ExposedError with remedies.
func exposes(err error, remedies ...string) error {
	return &ExposedError{err: hint.Add(err, remedies...)}
}

// failure is a git process that exited with an error.
type failure struct {
	command string // "ls-files"
	code    int
	said    string // the first line of standard error, printable
}

func (f *failure) Error() string {
	if f.said == "" {
		return fmt.Sprintf("git %s: exit status %d", f.command, f.code)
	}
	return fmt.Sprintf("git %s: %s", f.command, f.said)
}

// exitCode of a git process that failed; 0 where it did not fail by itself.
func exitCode(err error) int {
	var f *failure
	if errors.As(err, &f) {
		return f.code
	}
	return 0
}

// diagnosis are the words by which git says what is wrong with a repository: LC_ALL=C keeps them from
// being translated (setup.c, die_upon_dubious_ownership and setup_git_directory_gently).
func (f *failure) diagnosis() error {
	switch {
	case strings.Contains(f.said, "not a git repository"):
		return ErrNoRepository
	case strings.Contains(f.said, "detected dubious ownership"), // since 2.35.3
		strings.Contains(f.said, "unsafe repository"): // 2.35.2 and what was backported from it
		return ErrDubiousOwnership
	default:
		return ErrUnusable
	}
}

// explain adds what a failure is due to, where git says so. A git that does not know GIT_NO_LAZY_FETCH
// tries to fetch what a partial clone lacks, and stops where no transport is allowed (transport.c).
func (f *failure) explain() error {
	if strings.HasPrefix(f.said, "transport '") && strings.HasSuffix(f.said, "' not allowed") {
		return lacking(fmt.Errorf("git %s: required content is %w", f.command, ErrMissingObject))
	}
	return f
}

func lacking(err error) error { return hint.Add(err, "clone without --filter") }

// refused says why git does not take a directory for a repository.
func refused(dir string, err error) error {
	var f *failure
	if !errors.As(err, &f) {
		return err
	}
	switch reason := f.diagnosis(); {
	case errors.Is(reason, ErrNoRepository):
		return fmt.Errorf("%s: %w", dir, reason)
	case errors.Is(reason, ErrDubiousOwnership):
		return hint.Add(fmt.Errorf("%s: %w", dir, reason),
			"if you trust its owner: git config --global --add safe.directory "+shell.Name(quotedPath(f.said, dir)))
	default:
		return hint.Add(fmt.Errorf("%s: %w: %w", dir, reason, err), "git -C "+shell.Name(dir)+" status")
	}
}

// quotedPath is the path that git names in single quotes, which may be a parent of the directory.
func quotedPath(said, otherwise string) string {
	_, rest, _ := strings.Cut(said, "'")
	if path, _, ok := strings.Cut(rest, "'"); ok && path != "" {
		return path
	}
	return otherwise
}

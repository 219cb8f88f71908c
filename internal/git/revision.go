package git

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

// Commit is the full ID of a commit, in hexadecimal digits.
type Commit string

// valid tells an ID from everything else that git would take for an argument.
func (c Commit) valid() error {
	if c == "" || strings.Trim(string(c), "0123456789abcdef") != "" {
		return fmt.Errorf("%q: %w", string(c), ErrUnknownRevision)
	}
	return nil
}

// ResolveRevision returns the commit that a revision names: a branch, a tag, an ID, "HEAD~1". Whatever else
// git understands by a revision is not one: a range, an option, a file. The error wraps ErrUnknownRevision
// where this clone does not have it, and ErrAmbiguous where several refs have the name.
func (r *Repository) ResolveRevision(ctx context.Context, revision string) (Commit, error) {
	if revision == "" || strings.HasPrefix(revision, "-") || strings.ContainsAny(revision, "\x00\r\n") {
		return "", fmt.Errorf("resolve Git revision %q: %w", revision, ErrUnknownRevision)
	}
	if err := r.checkUnambiguous(ctx, revision); err != nil {
		return "", err
	}
	answer, err := r.run(ctx, "rev-parse", "--verify", "--quiet", revision+"^{commit}")
	commit := Commit(strings.TrimSuffix(answer, "\n"))
	if exitCode(err) > 0 || err == nil && commit.valid() != nil { // ^HEAD is answered with ^ID
		err = fmt.Errorf("resolve Git revision %q: %w", revision, ErrUnknownRevision)
		return "", hint.Add(err, r.FetchCommand(ctx, revision))
	}
	return commit, err
}

// checkUnambiguous refuses a name that several refs have. git takes the tag, so that anyone who may push a tag called
// origin/main would say what a branch is compared with (gitrevisions, "refname").
func (r *Repository) checkUnambiguous(ctx context.Context, revision string) error {
	name, _, _ := strings.Cut(revision, "@{")
	name, _, _ = strings.Cut(name, "^")
	name, _, _ = strings.Cut(name, "~")
	if !isBranch(name) { // no ref has this name
		return nil
	}
	refs := []string{"refs/remotes/" + name + "/HEAD"}
	for _, above := range []string{"refs/", "refs/tags/", "refs/heads/", "refs/remotes/"} {
		refs = append(refs, above+name)
	}
	answer, err := r.run(ctx, append([]string{"for-each-ref", "--format=%(refname)", "--"}, refs...)...)
	if err != nil {
		return fmt.Errorf("resolve Git revision %q: %w", revision, err)
	}
	var found []string
	for ref := range strings.Lines(answer) { // those below refs/heads/NAME/ are listed too
		if ref = strings.TrimSuffix(ref, "\n"); slices.Contains(refs, ref) {
			found = append(found, shown(ref))
		}
	}
	if len(found) < 2 {
		return nil
	}
	return hint.Errorf("specify one of them", "resolve Git revision %q: %w: %s", revision, ErrAmbiguous,
		strings.Join(found, ", "))
}

// MergeBase returns the best common ancestor of two commits. The error wraps ErrNoMergeBase where this
// clone knows of none.
func (r *Repository) MergeBase(ctx context.Context, a, b Commit) (Commit, error) {
	if err := errors.Join(a.valid(), b.valid()); err != nil {
		return "", err
	}
	answer, err := r.run(ctx, "merge-base", string(a), string(b))
	if exitCode(err) == 1 {
		return "", fmt.Errorf("%s and %s: %w", a, b, ErrNoMergeBase)
	}
	return Commit(strings.TrimSuffix(answer, "\n")), err
}

// IsShallow reports whether the clone was cut off at some depth.
func (r *Repository) IsShallow(ctx context.Context) (bool, error) {
	answer, err := r.run(ctx, "rev-parse", "--is-shallow-repository")
	return answer == "true\n", err
}

// FetchCommand is the command that gets what this clone lacks of a revision. A clone that was cut off at some depth has
// one branch and no history: a remote's branch is named, all other revisions come with the rest.
func (r *Repository) FetchCommand(ctx context.Context, revision string) string {
	command := "git fetch"
	if shallow, err := r.IsShallow(ctx); err == nil && shallow {
		command += " --unshallow"
	}
	remotes, err := r.remotes(ctx)
	if err != nil {
		return command
	}
	for _, remote := range remotes {
		branch, ok := strings.CutPrefix(revision, remote+"/")
		branch, _, _ = strings.Cut(branch, "~")
		if ok && isBranch(branch) {
			refs := "+refs/heads/" + branch + ":refs/remotes/" + remote + "/" + branch
			return command + " " + shell.Name(remote) + " " + shell.Name(refs)
		}
	}
	return command
}

// isBranch tells what may be the name of a branch from an expression (git help check-ref-format).
func isBranch(name string) bool {
	return name != "" && !strings.ContainsAny(name, " ^:?*[\\@{") && !strings.Contains(name, "..")
}

// remotes are the names of the remotes that are configured; nothing is asked of them.
func (r *Repository) remotes(ctx context.Context) ([]string, error) {
	answer, err := r.run(ctx, "remote")
	return strings.Fields(answer), err
}

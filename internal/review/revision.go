package review

import (
	"context"
	"errors"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/git"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// Range is what is compared.
type Range struct {
	// Base and Head are revisions. An empty Head is the working tree.
	Base, Head string
	// Direct compares with Base itself instead of the merge base.
	Direct bool
}

// ParseRange parses BASE, BASE...HEAD or BASE..HEAD. The default base is the last commit.
func ParseRange(text string) (Range, error) {
	r := Range{Base: text}
	for _, dots := range []string{"...", ".."} {
		if base, head, ok := strings.Cut(text, dots); ok {
			r = Range{Base: base, Head: head, Direct: dots == ".."}
			if base == "" || head == "" || strings.Contains(head, "..") {
				return Range{}, verdict.Inputf(
					"specify two revisions, as in main...HEAD, or one to compare it with the working tree",
					"%q is not a revision range", text)
			}
			break
		}
	}
	if text == "" {
		r.Base = "HEAD"
	}
	return r, nil
}

// Revision is one side of a comparison.
type Revision struct {
	// Name as specified; empty for the working tree.
	Name string `json:"name,omitempty"`
	// Commit that was read; empty for the working tree.
	Commit string `json:"commit,omitempty"`
	// MergeBaseOf is set if Commit is the merge base of Name and this revision.
	MergeBaseOf string `json:"mergeBaseOf,omitempty"`
}

// sides returns the revisions of a range.
func (r Range) sides(ctx context.Context, repository *git.Repository) (base, head Revision, err error) {
	base.Name, head.Name = r.Base, r.Head
	named := r.Head
	if named == "" {
		named = "HEAD"
	}
	from, errBase := repository.ResolveRevision(ctx, r.Base)
	to, errHead := repository.ResolveRevision(ctx, named)
	if r.Base == named {
		errHead = nil // it is the same
	}
	if r.Base == "HEAD" && errors.Is(errBase, git.ErrUnknownRevision) {
		return base, head, hint.Errorf("commit the workspace first: git add --all && git commit",
			"the repository has no commit to compare with")
	}
	if err := errors.Join(errBase, errHead); err != nil {
		return base, head, err
	}
	if r.Head != "" {
		head.Commit = string(to)
	}
	base.Commit = string(from)
	if r.Direct || from == to {
		return base, head, nil
	}
	common, err := repository.MergeBase(ctx, from, to)
	if errors.Is(err, git.ErrNoMergeBase) {
		remedy := "compare both revisions directly: kubectl mesh review " + r.Base + ".." + named
		if shallow, shallowErr := repository.IsShallow(ctx); shallowErr == nil && shallow {
			remedy = repository.FetchCommand(ctx, r.Base)
		}
		return base, head, hint.Add(err, remedy)
	}
	base.Commit = string(common)
	if common != from {
		base.MergeBaseOf = named
	}
	return base, head, err
}

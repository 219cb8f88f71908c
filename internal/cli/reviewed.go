package cli

import (
	"errors"
	"strings"

	"github.com/spf13/pflag"

	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// reviewFlags are those of commands that apply what was reviewed.
type reviewFlags struct{ allowUnreviewed, isReviewed bool }

func (f *reviewFlags) add(flags *pflag.FlagSet) {
	flags.BoolVar(&f.allowUnreviewed, "allow-unreviewed", false,
		"with --apply: apply even if the rendered tree in the Git repository is not current or not committed")
}

// judge decides about a comparison with the reviewed tree: it stops a run that would apply something else, unless that
// is allowed, and warns of it before a plan that goes on.
func (f *reviewFlags) judge(unreviewed error, isDryRun bool, tell hint.Tell) error {
	f.isReviewed = unreviewed == nil
	switch {
	case unreviewed == nil || errors.Is(unreviewed, verdict.ErrInterrupted):
		return unreviewed
	case f.allowUnreviewed:
		tell.Warn("", "applying changes that were not reviewed (--allow-unreviewed): %s", terminal.Paragraph(hint.Without(unreviewed)))
		return nil
	case isDryRun:
		tell.Warn(strings.Join(hint.Of(unreviewed), "; "), "refused without --dry-run: %s", terminal.Paragraph(hint.Without(unreviewed)))
		return nil
	}
	return hint.Add(unreviewed, "apply it without a review: the same command with --allow-unreviewed", "nothing was changed in any cluster")
}

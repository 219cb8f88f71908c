package reviewed

import (
	"errors"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// Judge decides about a comparison with the reviewed tree: it stops a run that would apply something else, unless that
// is allowed, and warns of it before a plan that goes on.
func Judge(unreviewed error, isAllowed, isDryRun bool, tell hint.Tell) error {
	switch {
	case unreviewed == nil || errors.Is(unreviewed, verdict.ErrInterrupted):
		return unreviewed
	case isAllowed:
		tell.Warn("", "applying changes that were not reviewed (--allow-unreviewed): %s",
			terminal.Paragraph(hint.Without(unreviewed)))
		return nil
	case isDryRun:
		remedy := strings.Join(hint.Of(unreviewed), "; ")
		tell.Warn(remedy, "refused without --dry-run: %s", terminal.Paragraph(hint.Without(unreviewed)))
		return nil
	}
	return hint.Add(unreviewed, "apply it without a review: the same command with --allow-unreviewed",
		"nothing was changed in any cluster")
}

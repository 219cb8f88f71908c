package reviewed

import (
	"errors"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// Known returns the result of a comparison with the reviewed tree; nil if there was nothing to compare with.
func Known(unreviewed error) *bool {
	isReviewed := unreviewed == nil
	if errors.Is(unreviewed, ErrUnknown) {
		return nil
	}
	return &isReviewed
}

// Judge decides on the result of comparing with the reviewed tree: it stops a run that would apply something else,
// unless that is allowed, and warns before a plan that continues. An unknown result is reported and stops nothing.
func Judge(unreviewed error, isAllowed, isDryRun bool, log hint.Log) error {
	switch {
	case unreviewed == nil || errors.Is(unreviewed, verdict.ErrInterrupted):
		return unreviewed
	case errors.Is(unreviewed, ErrUnknown):
		log.Info("%s", unreviewed)
		return nil
	case isAllowed:
		log.Warn("", "applying changes that were not reviewed (--allow-unreviewed): %s",
			terminal.Paragraph(hint.Without(unreviewed)))
		return nil
	case isDryRun:
		remedy := strings.Join(hint.Of(unreviewed), "; ")
		log.Warn(remedy, "refused without --dry-run: %s", terminal.Paragraph(hint.Without(unreviewed)))
		return nil
	}
	return hint.Add(unreviewed, "apply it without a review: the same command with --allow-unreviewed",
		"nothing was changed in any cluster")
}

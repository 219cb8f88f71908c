package cli

import (
	"context"

	"github.com/kubectl-mesh/kubectl-mesh/internal/report"
	"github.com/kubectl-mesh/kubectl-mesh/internal/status"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
)

// next ends a command with the step that status puts first, and returns the outcome. A failure has remedies of its own.
// The command has said what there is to say, so nothing more is said where the step cannot be found.
func (s System) next(ctx context.Context, outcome error, filename string, flags liveFlags, known status.Known) error {
	isDone := outcome == nil || verdict.Code(outcome) == verdict.CodeIncomplete
	if !isDone || filename == "-" { // which was read already
		return outcome
	}
	place := (&statusOptions{System: s, liveFlags: flags, filename: filename}).place()
	place.Source.Log, place.Known = nil, known
	step, err := status.Look(ctx, place, status.First)
	if err == nil && step != nil {
		report.Next(s.ErrOut, *step)
	}
	return outcome
}

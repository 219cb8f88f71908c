package cli

import (
	"context"

	"github.com/kubectl-mesh/kubectl-mesh/internal/report"
	"github.com/kubectl-mesh/kubectl-mesh/internal/status"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
)

// next ends a command with the first step of status, and returns the outcome. Failures have their own remedies. If the
// step cannot be determined, nothing is printed.
func (s System) next(ctx context.Context, outcome error, filename string, flags liveFlags, known status.Known) error {
	isDone := outcome == nil || verdict.Code(outcome) == verdict.CodeIncomplete
	if !isDone || filename == "-" { // already read
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

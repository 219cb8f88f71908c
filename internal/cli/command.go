package cli

import (
	"context"

	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
)

// command is the options of a command. Validate is pure, and Run does the work.
type command interface {
	Validate() error
	Run(ctx context.Context) error
}

// start validates the options that a command line has come to, and runs them. A test takes them instead of Run.
func start[C command](ctx context.Context, options C, instead func(C) error) error {
	if err := options.Validate(); err != nil {
		return err
	}
	if instead != nil {
		return instead(options)
	}
	return verdict.Interrupted(ctx, options.Run(ctx))
}

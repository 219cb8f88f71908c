package cli

import (
	"context"

	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
)

// command is the options of a command. Validate is pure; Run has effects.
type command interface {
	Validate() error
	Run(ctx context.Context) error
}

// start validates the parsed options and runs them. Tests replace Run.
func start[C command](ctx context.Context, options C, instead func(C) error) error {
	if err := options.Validate(); err != nil {
		return err
	}
	if instead != nil {
		return instead(options)
	}
	return verdict.Interrupted(ctx, options.Run(ctx))
}

package cli

import (
	"github.com/spf13/pflag"

	"github.com/kubectl-mesh/kubectl-mesh/internal/reviewed"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// reviewFlags are the flags of commands that apply what was reviewed.
type reviewFlags struct {
	allowUnreviewed bool
	isReviewed      *bool // nil if there is no repository to compare with
}

func (f *reviewFlags) add(flags *pflag.FlagSet) {
	flags.BoolVar(&f.allowUnreviewed, "allow-unreviewed", false,
		"with --apply: apply even if the rendered tree in the Git repository is not current or not committed")
}

// judge decides on the result of comparing with the reviewed tree.
func (f *reviewFlags) judge(unreviewed error, isDryRun bool, log hint.Log) error {
	f.isReviewed = reviewed.Known(unreviewed)
	return reviewed.Judge(unreviewed, f.allowUnreviewed, isDryRun, log)
}

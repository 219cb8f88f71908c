package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
)

// pendingFlags have everything that is pending signed at once.
type pendingFlags struct{ pending, yes bool }

func (f *pendingFlags) addPending(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&f.pending, "pending", false, "all requests that no certificate answers yet, after one confirmation")
	cmd.Flags().BoolVar(&f.yes, "yes", false, "with --pending: the fingerprints were compared, do not ask")
}

// check refuses what names one request beside all of them.
func (f *pendingFlags) check(given ...string) error {
	for _, one := range given {
		if f.pending && one != "" {
			return verdict.Inputf("leave it out, or leave out --pending", "--pending signs every request, and %q is one", one)
		}
	}
	if f.yes && !f.pending {
		return verdict.Inputf("give the fingerprint: --fingerprint SHA256:...", "--yes is for --pending")
	}
	return nil
}

func (f *pendingFlags) confirm(ctx context.Context, system System) func([]workspace.Pending) error {
	return func(all []workspace.Pending) error {
		var lines []string
		for _, one := range all {
			lines = append(lines, one.What+": "+one.Fingerprint)
		}
		return system.prompt().ConfirmAll(ctx, f.yes, "do the sites read the same fingerprints?", lines)
	}
}

package cli

import (
	"errors"

	"github.com/spf13/cobra"
)

// What --dry-run takes, as with kubectl.
const (
	dryRunNone   = "none"
	dryRunServer = "server"
)

// applyFlags are those of render --apply.
type applyFlags struct {
	apply          bool
	dryRun         string
	doPrune        bool
	yes            bool
	pin            bool
	forceConflicts bool
}

func (f *applyFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.BoolVar(&f.apply, "apply", false, "apply to the clusters, server-side: all of them, or the one of --cluster")
	flags.StringVar(&f.dryRun, "dry-run", dryRunNone, "with --apply: none, or server, which asks the API servers and changes nothing")
	flags.BoolVar(&f.doPrune, "prune", false, "with --apply: remove what an earlier --apply brought and the mesh no longer has")
	flags.BoolVar(&f.yes, "yes", false, "with --apply: do not ask at a terminal")
	flags.BoolVar(&f.pin, "pin", false, "with --apply: record the UID of a cluster for which none is recorded")
	flags.BoolVar(&f.forceConflicts, "force-conflicts", false, "with --apply: take fields over that others own")
	_ = cmd.RegisterFlagCompletionFunc("dry-run", cobra.FixedCompletions([]string{dryRunNone, dryRunServer}, cobra.ShellCompDirectiveNoFileComp))
}

func (f *applyFlags) validate() error {
	errs := []error{checkWord("--dry-run", f.dryRun, dryRunNone, dryRunServer)}
	for _, flag := range []struct {
		name string
		set  bool
	}{
		{"--dry-run", f.dryRun == dryRunServer}, {"--prune", f.doPrune}, {"--yes", f.yes}, {"--pin", f.pin},
		{"--force-conflicts", f.forceConflicts},
	} {
		if flag.set && !f.apply {
			errs = append(errs, inputErrorf("nothing is changed in a cluster without --apply", "%s needs --apply", flag.name))
		}
	}
	return errors.Join(errs...)
}

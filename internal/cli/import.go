package cli

import "github.com/spf13/cobra"

func newImport(system System) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "import COMMAND",
		Short: "Take over facts of clusters that somebody else has read",
		Long: `Take over facts of clusters that somebody else has read, offline. A site that gives nobody
access to its clusters hands over files instead.`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newImportGKE(system, nil))
	for _, sub := range cmd.Commands() {
		sub.DisableFlagsInUseLine = true
	}
	return cmd
}

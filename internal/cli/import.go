package cli

import "github.com/spf13/cobra"

func newImport(system System) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "import COMMAND",
		Short:   "Import facts of clusters from files",
		Example: `  kubectl mesh import gke clusters.json`,
		Long:    `Import facts of clusters that you cannot access, from files, offline.`,
		Args:    noArguments,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newImportGKE(system, nil))
	for _, sub := range cmd.Commands() {
		sub.DisableFlagsInUseLine = true
	}
	return cmd
}

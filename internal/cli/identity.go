package cli

import "github.com/spf13/cobra"

func addIdentity(cmd *cobra.Command, files *[]string) {
	cmd.Flags().StringArrayVar(files, "identity", nil, "file with the private key that opens what is sealed: of age, or of a SealedSecrets controller as PEM; may be repeated")
	_ = cmd.MarkFlagFilename("identity")
}

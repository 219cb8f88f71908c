package cli

import "github.com/spf13/cobra"

func addIdentity(cmd *cobra.Command, files *[]string) {
	cmd.Flags().StringArrayVar(files, "identity", nil, "file with the private key that decrypts sealed files: age, or "+
		"a SealedSecrets controller's key as PEM; can be repeated")
	_ = cmd.MarkFlagFilename("identity")
}

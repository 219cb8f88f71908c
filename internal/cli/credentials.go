package cli

import (
	"github.com/spf13/cobra"
)

func newCredentials(system System) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "credentials COMMAND",
		Short: "Show, rotate and revoke the credentials of readers; get client certificates",
		Long: `Look after the credentials with which control planes read other clusters: when they end, how they
are changed without an interruption, what ends them at once.

Where reader.auth is clientCertificate the key is made where it is used and stays there; only a
request and a certificate travel, and both are public.`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newCredentialsRequest(system, nil), newCredentialsApprove(system, nil), newCredentialsRotate(system, nil),
		newCredentialsRevoke(system, nil), newCredentialsStatus(system, nil))
	for _, sub := range cmd.Commands() {
		sub.DisableFlagsInUseLine = true
	}
	return cmd
}

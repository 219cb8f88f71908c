package cli

import (
	"github.com/spf13/cobra"
)

func newCredentials(system System) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "credentials COMMAND",
		Short: "Show, rotate and revoke reader credentials; issue client certificates",
		Example: `  kubectl mesh credentials status
  kubectl mesh credentials rotate --link west-east --apply`,
		Long: `Manage the credentials that control planes use to read remote clusters: show when they expire, rotate
them without downtime, and revoke them.

With reader.auth: clientCertificate, the key is created where it is used and stays there; only the
request and the certificate are exchanged, and both are public.`,
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

package cli

import (
	"os"

	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/internal/exchange"
	"github.com/kubectl-mesh/kubectl-mesh/internal/live"
	"github.com/kubectl-mesh/kubectl-mesh/internal/signer"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

func newExchange(system System) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "exchange COMMAND",
		Short: "Exchange facts, requests, certificates and tokens between sites, as signed files",
		Example: `  kubectl mesh exchange export -o north.exchange
  kubectl mesh exchange import south.exchange`,
		Long: `Exchange facts, requests, certificates and tokens, as signed files, between sites that do not reach each
other's clusters. A site is an entry of spec.sites in mesh.yaml; the SSH keys of sites are listed in
trust/allowed_signers.

Keys never leave the site where they are created. Tokens are encrypted to the age recipients of the site
that uses them; everything else in an exchange file is public.`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newExchangeExport(system, nil), newExchangeImport(system, nil))
	for _, sub := range cmd.Commands() {
		sub.DisableFlagsInUseLine = true
	}
	return cmd
}

// siteFlags identify this site and its key.
type siteFlags struct{ site, key string }

func (f *siteFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.site, "site", "", "name of this site (default: the site whose clusters or private keys are here)")
}

func (f *siteFlags) addKey(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.key, "key", "", "SSH key to sign with, or the .pub file of a key in the SSH agent "+
		"(default: this site's key in the agent)")
	_ = cmd.MarkFlagFilename("key")
}

// here identifies this site. Without a kubeconfig it reaches no cluster.
func (f *siteFlags) here(ws *workspace.Workspace, flags liveFlags) exchange.Local {
	here := exchange.Local{Workspace: ws, Site: f.site}
	if contexts, err := live.Load(flags.options("")); err == nil {
		here.Reaches = func(cluster *v1alpha1.Cluster) bool { return contexts.Away(cluster) == nil }
	}
	return here
}

func (f *siteFlags) signer(system System) signer.Input {
	return signer.Input{File: f.key, Agent: os.Getenv("SSH_AUTH_SOCK"), Passphrase: func(what string) ([]byte, error) {
		return system.prompt().Passphrase(system.interrupt.context(), what, false)
	}}
}

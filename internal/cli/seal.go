package cli

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/internal/report"
	"github.com/kubectl-mesh/kubectl-mesh/internal/seal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
)

type sealOptions struct {
	System
	filename string
	cluster  string
	identity []string
}

func newSeal(system System, runF func(*sealOptions) error) *cobra.Command {
	o := &sealOptions{System: system}
	cmd := &cobra.Command{
		Use:   "seal [--cluster NAME]",
		Short: "Encrypt objects with credentials, so that they can be committed",
		Long: `Encrypt remote secrets and cacerts for the clusters that have spec.sealing, offline, with the credentials
of this workspace, to sealed/<cluster>/: for SOPS with age recipients, or for the SealedSecrets
controller. Annotations describe the content of each file: the server and its CA, the account and expiry
of the token, the certificate. render adds the files to the overlays.

Unchanged values are not encrypted again, so a second run changes no byte. With --identity the decrypted
values are compared and data keys are kept; without it the annotations are compared. When a recipient is
removed, everything is encrypted again with new data keys; the old files stay in Git's history, so the
credentials to replace are listed.

.sops.yaml and .gitleaks.toml are written for the workspace, unless you have your own.`,
		Example: `  # Seal for all clusters, then render and commit
  kubectl mesh seal
  kubectl mesh render --output-dir deploy

  # Verify that the annotations match the content of the files
  kubectl mesh validate --identity recovery.agekey`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return start(cmd.Context(), o, runF) },
	}
	addFilename(cmd, &o.filename)
	cmd.Flags().StringVar(&o.cluster, "cluster", "", "cluster to seal for (default: all)")
	_ = cmd.RegisterFlagCompletionFunc("cluster", completeClusters(&o.filename))
	addIdentity(cmd, &o.identity)
	return cmd
}

// Validate accepts any value: the files determine what is valid.
func (o *sealOptions) Validate() error { return nil }

// Run reads and encrypts everything before it writes anything.
func (o *sealOptions) Run(ctx context.Context) error {
	keys, err := seal.ReadIdentities(o.interrupt.context(), o.identity)
	if err != nil {
		return err
	}
	ws, problems, err := workspace.Open(ctx, o.source(o.filename).Writing("seal"))
	if err != nil {
		return err
	}
	defer ws.Close()
	prepared, found, err := seal.Prepare(seal.Input{Workspace: ws, Cluster: o.cluster, Keys: keys, Now: time.Now(), Log: o.log()})
	if err != nil {
		terminal.Counted(o.ErrOut, problems, workspace.Validate(o.filename))
		return err
	}
	report.Findings(o.ErrOut, o.filename, mesh.WithoutIncomplete(found))
	if err := prepared.Write(ctx); err != nil {
		return err
	}
	report.Held(o.log(), prepared.Held(), prepared.Path)
	return verdict.IncompleteIf(len(prepared.Held()) > 0)
}

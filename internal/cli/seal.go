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
		Short: "Encrypt the objects with credentials, so that they can be committed",
		Long: `Encrypt the remote secrets and cacerts of the clusters that have spec.sealing, offline, with
the credentials of this workspace, into sealed/<cluster>/: for sops with age recipients, or for
the controller of SealedSecrets. Annotations say what is in each file: the server, its authority,
the account and the end of the token, the certificate. render takes the files from there.

What has not changed is not encrypted again, so a second run changes no byte. With --identity
what is in the files is compared, and data keys are kept; without it, what stands beside it. When
a recipient is dropped everything is encrypted anew, with new data keys; what was sealed before is
in git, so the credentials that have to be made anew are listed.

.sops.yaml and .gitleaks.toml are written for the workspace, unless there are others already.`,
		Example: `  # Seal for all clusters, then render and commit
  kubectl mesh seal
  kubectl mesh render --output-dir deploy

  # Prove that the annotations say what is in the files
  kubectl mesh validate --identity recovery.agekey`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return start(cmd.Context(), o, runF) },
	}
	addFilename(cmd, &o.filename)
	cmd.Flags().StringVar(&o.cluster, "cluster", "", "seal for this cluster only; default: all")
	_ = cmd.RegisterFlagCompletionFunc("cluster", completeClusters(&o.filename))
	addIdentity(cmd, &o.identity)
	return cmd
}

// Validate takes any value: the files say what goes with it.
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
	prepared, found, err := seal.Prepare(seal.Input{Workspace: ws, Cluster: o.cluster, Keys: keys, Now: time.Now(), Tell: o.tell()})
	if err != nil {
		terminal.Problems(o.ErrOut, problems, workspace.ListAll(o.filename))
		return err
	}
	terminal.Problems(o.ErrOut, mesh.WithoutIncomplete(found), workspace.ListAll(o.filename))
	if err := prepared.Write(ctx); err != nil {
		return err
	}
	report.Held(o.tell(), prepared.Held(), prepared.Path)
	return verdict.IncompleteIf(len(prepared.Held()) > 0)
}

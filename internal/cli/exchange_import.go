package cli

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/internal/exchange"
	"github.com/kubectl-mesh/kubectl-mesh/internal/report"
	"github.com/kubectl-mesh/kubectl-mesh/internal/seal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/status"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
)

type exchangeImportOptions struct {
	System
	liveFlags
	siteFlags
	filename                    string
	files, accept, older, ident []string
	dryRun                      bool
}

func newExchangeImport(system System, runF func(*exchangeImportOptions) error) *cobra.Command {
	o := &exchangeImportOptions{System: system, liveFlags: newLiveFlags(system)}
	cmd := &cobra.Command{
		Use:   "import FILE...",
		Short: "Verify and import exchange files from other sites",
		Long: `Verify exchange files from other sites, show what they would change, write the changes, and list the
next steps. Either all changes are written or none. Importing the same file again changes nothing.

The signature must be from a key that trust/allowed_signers lists for the site, and the file may contain
only data about clusters that spec.sites assigns to the site. For the first file from a site, compare the
fingerprint of its key over another channel: at a terminal the command prompts for confirmation; a script
passes --accept-signer.

To verify a file with ssh-keygen:
  sed '/^-----BEGIN SSH SIGNATURE-----$/,$d' FILE > text
  sed -n '/^-----BEGIN SSH SIGNATURE-----$/,$p' FILE > text.sig
  ssh-keygen -Y verify -f trust/allowed_signers -I SITE -n kubectl-mesh.dev/exchange \
    -s text.sig < text`,
		Example: `  kubectl mesh exchange import north.exchange --accept-signer SHA256:...`,
		Args:    atLeastOne("kubectl mesh exchange import FILE...", "requires at least one exchange file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.files = args
			return start(cmd.Context(), o, runF)
		},
	}
	addFilename(cmd, &o.filename)
	markInterruptible(cmd)
	o.kubeconfigFlags.add(cmd)
	o.siteFlags.add(cmd)
	addIdentity(cmd, &o.ident)
	cmd.Flags().StringArrayVar(&o.accept, "accept-signer", nil,
		"accept the first file from a site, signed with the key of this fingerprint; can be repeated")
	cmd.Flags().StringArrayVar(&o.older, "accept-older", nil,
		"accept a file from this site that is older than the last one; can be repeated")
	cmd.Flags().BoolVar(&o.dryRun, "dry-run", false, "show the changes without writing them")
	return cmd
}

func (o *exchangeImportOptions) Validate() error {
	var errs []error
	for _, fingerprint := range o.accept {
		if !strings.HasPrefix(fingerprint, "SHA256:") {
			errs = append(errs, verdict.Inputf("use the output of ssh-keygen -lf FILE: SHA256:...",
				"--accept-signer %q is not a fingerprint", fingerprint))
		}
	}
	return errors.Join(append(errs, o.liveFlags.validate())...)
}

func (o *exchangeImportOptions) Run(ctx context.Context) error {
	keys, err := seal.ReadIdentities(o.interrupt.context(), o.ident)
	if err != nil {
		return err
	}
	files, err := exchange.ReadFiles(ctx, o.files)
	if err != nil {
		return err
	}
	if err := o.intake(ctx, exchange.ImportInput{Files: files, Identities: keys.Age(), Now: time.Now(), DryRun: o.dryRun, Log: o.log(),
		AcceptOlder: o.older, Show: func(done exchange.Imported) { report.Imported(o.Out, done) },
		Accept: func(site, fingerprint string) error {
			if slices.Contains(o.accept, fingerprint) {
				return nil
			}
			return o.prompt().AcceptSigner(ctx, site, fingerprint)
		}}); err != nil || o.dryRun {
		return err
	}
	due := statusOptions{System: o.System, liveFlags: o.liveFlags, filename: o.filename}
	found, err := status.Look(ctx, due.place(), status.Of)
	if err == nil {
		report.Due(o.Out, found)
	}
	return err
}

// intake locks the workspace until everything is written.
func (o *exchangeImportOptions) intake(ctx context.Context, in exchange.ImportInput) error {
	ws, err := workspace.OpenUnchecked(ctx, o.source(o.filename).Writing("exchange import"))
	if err != nil {
		return err
	}
	defer ws.Close()
	in.Local = o.here(ws, o.liveFlags)
	done, err := exchange.Import(ctx, in)
	if err == nil {
		report.Written(o.Out, done, o.dryRun)
	}
	return err
}

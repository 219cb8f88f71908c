package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/internal/exchange"
	"github.com/kubectl-mesh/kubectl-mesh/internal/report"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
)

type exchangeExportOptions struct {
	System
	liveFlags
	siteFlags
	filename, out string
	clusters      []string
	validity      time.Duration
}

func newExchangeExport(system System, runF func(*exchangeExportOptions) error) *cobra.Command {
	o := &exchangeExportOptions{System: system, liveFlags: newLiveFlags(system)}
	cmd := &cobra.Command{
		Use:   "export [-o FILE]",
		Short: "Write one signed file with everything that other sites need from this one",
		Long: `Write one signed file with everything that other sites need from this one: facts of its clusters,
requests for intermediate and client certificates, signed answers to theirs, roots, rotations and
revocations, and tokens that were collected, encrypted to the age recipients of the site that uses them.

It changes nothing, signs nothing but the file, and asks no API server. What cannot be sent is named,
and makes it exit 3. The file is JSON with an SSH signature below it.`,
		Example: `  kubectl mesh exchange export --key ~/.ssh/id_ed25519 -o north.exchange`,
		Args:    noArguments,
		RunE:    func(cmd *cobra.Command, _ []string) error { return start(cmd.Context(), o, runF) },
	}
	addFilename(cmd, &o.filename)
	o.kubeconfigFlags.add(cmd)
	o.siteFlags.add(cmd)
	o.addKey(cmd)
	cmd.Flags().StringVarP(&o.out, "output", "o", "", "the file to write; default: stdout")
	cmd.Flags().StringSliceVar(&o.clusters, "cluster", nil, "only what concerns these clusters of the site; may be repeated")
	cmd.Flags().DurationVar(&o.validity, "validity", 30*24*time.Hour, "how long the file may be imported")
	_ = cmd.RegisterFlagCompletionFunc("cluster", completeClusters(&o.filename))
	return cmd
}

func (o *exchangeExportOptions) Validate() error {
	var err error
	if o.validity < time.Minute || o.validity > 366*24*time.Hour {
		err = verdict.Inputf("use a time from 1m to 8784h", "--validity %s is too short or too long", o.validity)
	}
	return errors.Join(err, o.liveFlags.validate())
}

func (o *exchangeExportOptions) Run(ctx context.Context) error {
	ws, err := workspace.OpenUnchecked(ctx, o.source(o.filename)) // other sites may have what is missing here
	if err != nil {
		return err
	}
	defer ws.Close()
	done, err := exchange.Export(ctx, exchange.ExportInput{Here: o.here(ws, o.liveFlags), Clusters: o.clusters,
		Signer: o.signer(o.System), Now: time.Now(), Validity: o.validity, Tell: o.tell()})
	if err != nil {
		return err
	}
	if o.out == "" {
		_, err = o.Out.Write(done.Text)
	} else {
		err = exchange.Store(ctx, o.out, done.Text)
	}
	if err != nil {
		return fmt.Errorf("write exchange file: %w", err)
	}
	report.Exported(o.ErrOut, o.out, done)
	return verdict.IncompleteIf(done.Incomplete)
}

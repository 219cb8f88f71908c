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
		Short: "Write a signed file with everything that other sites need from this one",
		Long: `Write a signed file with everything that other sites need from this one: facts of its clusters, requests
for intermediate and client certificates, certificates for their requests, roots, rotations and
revocations, and collected tokens, encrypted to the age recipients of the site that uses them.

Nothing is changed, nothing but the file is signed, and no API server is contacted. Items that cannot be
sent are listed, and the exit code is 3. The file is JSON, followed by an SSH signature.`,
		Example: `  kubectl mesh exchange export --key ~/.ssh/id_ed25519 -o north.exchange`,
		Args:    noArguments,
		RunE:    func(cmd *cobra.Command, _ []string) error { return start(cmd.Context(), o, runF) },
	}
	addFilename(cmd, &o.filename)
	o.kubeconfigFlags.add(cmd)
	o.siteFlags.add(cmd)
	o.addKey(cmd)
	cmd.Flags().StringVarP(&o.out, "output", "o", "", "file to write (default: stdout)")
	cmd.Flags().StringSliceVar(&o.clusters, "cluster", nil, "cluster of this site to export; can be repeated (default: all)")
	cmd.Flags().DurationVar(&o.validity, "validity", 30*24*time.Hour, "how long the file can be imported")
	_ = cmd.RegisterFlagCompletionFunc("cluster", completeClusters(&o.filename))
	return cmd
}

func (o *exchangeExportOptions) Validate() error {
	var err error
	if o.validity < time.Minute || o.validity > 366*24*time.Hour {
		err = verdict.Inputf("use a duration from 1m to 8784h", "--validity %s is too short or too long", o.validity)
	}
	return errors.Join(err, o.liveFlags.validate())
}

func (o *exchangeExportOptions) Run(ctx context.Context) error {
	ws, err := workspace.OpenUnchecked(ctx, o.source(o.filename)) // what is missing here may exist at other sites
	if err != nil {
		return err
	}
	defer ws.Close()
	done, err := exchange.Export(ctx, exchange.ExportInput{Local: o.here(ws, o.liveFlags), Clusters: o.clusters,
		Signer: o.signer(o.System), Now: time.Now(), Validity: o.validity, Log: o.log()})
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

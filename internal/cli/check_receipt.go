package cli

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/internal/exchange"
	"github.com/kubectl-mesh/kubectl-mesh/internal/inspect"
	"github.com/kubectl-mesh/kubectl-mesh/internal/report"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
)

// receiptFlags write observations for other sites, and merge theirs.
type receiptFlags struct {
	siteFlags
	receipt, fromReceipts string
}

func (f *receiptFlags) addReceipts(cmd *cobra.Command) {
	f.siteFlags.add(cmd)
	f.addKey(cmd)
	cmd.Flags().StringVar(&f.receipt, "receipt", "",
		"write the state of this site's clusters to this signed exchange file")
	cmd.Flags().StringVar(&f.fromReceipts, "from-receipts", "",
		"merge the receipts (*.exchange) in this directory with the clusters that are reachable from here")
	_ = cmd.MarkFlagDirname("from-receipts")
}

func (f *receiptFlags) isSet() bool { return f.receipt != "" || f.fromReceipts != "" }

// receipts writes and merges; done is set if it also printed the check's output.
func (o *checkOptions) receipts(ctx context.Context, seen inspect.Result) (done bool, err error) {
	if !o.isSet() {
		return false, nil
	}
	ws, err := workspace.OpenUnchecked(ctx, o.source(o.filename))
	if err != nil {
		return false, err
	}
	defer ws.Close()
	if o.receipt != "" {
		by := exchange.ExportInput{Local: o.here(ws, o.liveFlags), Signer: o.signer(o.System)}
		by.Now, by.Validity = time.Now(), presetDuration
		in := exchange.ReceiptInput{Observed: seen.Observed, Results: seen.Results, ExportInput: by}
		made, err := exchange.NewReceipt(ctx, in)
		if err == nil {
			err = exchange.Store(ctx, o.receipt, made.Text)
		}
		if err != nil {
			return false, err
		}
		report.Exported(o.ErrOut, o.receipt, made)
	}
	if o.fromReceipts == "" {
		return false, nil
	}
	in := exchange.MatrixInput{Workspace: ws, Now: time.Now(), Log: o.log()}
	merged, err := exchange.Merge(ctx, in, o.fromReceipts, seen.Observed, seen.Results)
	if err != nil {
		return true, err
	}
	if err := report.Receipts(o.Out, o.output, merged); err != nil {
		return true, err
	}
	if merged.Failed() || merged.Unknown() && o.strict {
		return true, errUnhealthy
	}
	return true, verdict.IncompleteIf(merged.Unknown())
}

package cli

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/internal/reader"
	"github.com/kubectl-mesh/kubectl-mesh/internal/report"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

type credentialsStatusOptions struct {
	System
	liveFlags
	filename, output, within string
	live                     bool
}

func newCredentialsStatus(system System, runF func(*credentialsStatusOptions) error) *cobra.Command {
	o := &credentialsStatusOptions{System: system, liveFlags: newLiveFlags(system)}
	cmd := &cobra.Command{
		Use:     "status [--live]",
		Short:   "Show each link's credential and when it expires",
		Example: `  kubectl mesh credentials status --within 30d`,
		Long: `Show the credential of each link: kind, subject, generation, and when it was issued and expires,
according to the files in credentials/. --live also asks the target clusters: a token does not have to be
stored here, and API servers record the day on which a token was last used.

Exits 0 if no credential needs attention, and 1 if one has expired, expires soon, cannot be used, is
missing, or is revoked while its token Secret still exists, which Flux and Argo CD do not prune. A token
that is not stored here counts as missing only if --live shows that its cluster has none.`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return start(cmd.Context(), o, runF) },
	}
	addFilename(cmd, &o.filename)
	o.liveFlags.add(cmd)
	_ = cmd.Flags().MarkHidden("context")
	markInterruptible(cmd)
	addOutput(cmd, &o.output, "", "json", "yaml")
	cmd.Flags().BoolVar(&o.live, "live", false, "also ask the target clusters that have a context")
	cmd.Flags().StringVar(&o.within, "within", presetWithin, "report credentials that expire within this time, such as "+
		"14d or 12h; by default, shorter-lived ones are reported in the last third of their validity")
	return cmd
}

func (o *credentialsStatusOptions) Validate() error {
	_, err := parseDays(o.within)
	if err != nil {
		err = verdict.Inputf("use a duration such as 14d or 12h", "invalid value %q for --within", o.within)
	}
	return errors.Join(err, checkOutput(o.output, "", "json", "yaml"), o.refuseContext(), o.liveFlags.validate())
}

// presetWithin leaves time for manual work.
const presetWithin = "14d"

func (o *credentialsStatusOptions) Run(ctx context.Context) error {
	ws, err := workspace.OpenUnchecked(ctx, o.source(o.filename))
	if err != nil {
		return err
	}
	defer ws.Close()
	within, _ := parseDays(o.within)
	in := reader.StatusInput{Workspace: ws, Now: time.Now(), Within: within, Thirds: o.within == presetWithin, Log: o.log()}
	if o.live {
		if in.Clusters, err = o.clusters(ws, ""); err != nil {
			return err
		}
	}
	lines := reader.Status(ctx, in)
	if err := report.Credentials(o.Out, o.output, ws.Doc.Mesh.Metadata.Name, lines); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return verdict.ErrInterrupted
	}
	for _, line := range lines {
		switch line.State {
		case reader.StateExpiring, reader.StateExpired, reader.StateMissing, reader.StateRefused, reader.StateUndeleted:
			return hint.New("kubectl mesh status"+ws.FilenameFlag()+" shows the next command", "some credentials need attention")
		}
	}
	return nil
}

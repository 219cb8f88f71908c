package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/internal/report"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
)

// pendingFlags sign all pending requests at once.
type pendingFlags struct{ pending, yes bool }

func (f *pendingFlags) addPending(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&f.pending, "pending", false, "all requests that have no certificate yet, after one confirmation")
	cmd.Flags().BoolVar(&f.yes, "yes", false, "with --pending: do not prompt; the fingerprints were compared")
}

// check rejects a single request in combination with all of them.
func (f *pendingFlags) check(given ...string) error {
	if one := strings.Join(given, ""); f.pending && one != "" {
		return verdict.Inputf("omit it, or omit --pending", "--pending and %q are mutually exclusive", one)
	}
	if f.yes && !f.pending {
		return verdict.Inputf("specify the fingerprint: --fingerprint SHA256:...", "--yes requires --pending")
	}
	return nil
}

func (f *pendingFlags) confirm(ctx context.Context, system System) func([]workspace.Pending) error {
	return func(all []workspace.Pending) error {
		return system.prompt().ConfirmAll(ctx, f.yes, "do the sites confirm these fingerprints?", workspace.PendingLines(all))
	}
}

// ownFlags request everything that this site lacks.
type ownFlags struct {
	kubeconfigFlags
	siteFlags
	pendingFlags
}

func (f *ownFlags) addOwn(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&f.pending, "pending", false, "request every missing certificate of this site's clusters")
	f.kubeconfigFlags.add(cmd)
	f.siteFlags.add(cmd)
}

// makeRequests creates the requests that a site's clusters lack, and returns all pending ones.
type makeRequests func(isHere func(cluster string) bool) ([]workspace.Pending, error)

// request prints pending requests: their fingerprints are compared over another channel.
func (f *ownFlags) request(system System, ws *workspace.Workspace, missing makeRequests) error {
	here := f.here(ws, liveFlags{kubeconfigFlags: f.kubeconfigFlags})
	isHere, err := here.Owns()
	if err != nil {
		return err
	}
	pending, err := missing(isHere)
	if err != nil {
		return err
	}
	return report.Pending(system.Out, system.ErrOut, pending)
}

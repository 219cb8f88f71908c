package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/internal/authority"
	"github.com/kubectl-mesh/kubectl-mesh/internal/report"
	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
)

type caStatusOptions struct {
	caOptions
	output string
	within string
}

func newCAStatus(system System, runF func(*caStatusOptions) error) *cobra.Command {
	o := &caStatusOptions{caOptions: caOptions{System: system}}
	cmd := &cobra.Command{
		Use:     "status",
		Short:   "Show the mesh's certificates and when they expire",
		Example: `  kubectl mesh ca status --within 30d`,
		Long: `Show the roots and each cluster's certificate: subject, issuer, key, expiry, generation, and the phase
of a root rotation.

Exits 1 if a certificate has expired, expires soon, or would be rejected by istiod; exits 3 if nothing
is wrong except that the mesh has no root, or a cluster has no certificate yet. A mesh with a single
istiod requires none.`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return start(cmd.Context(), o, runF) },
	}
	o.add(cmd)
	addOutput(cmd, &o.output, "", "json", "yaml")
	cmd.Flags().StringVar(&o.within, "within", "60d", "report certificates that expire within this time: 60d, 12h")
	return cmd
}

func (o *caStatusOptions) Validate() error {
	_, err := parseDays(o.within)
	if err != nil {
		err = verdict.Inputf("use a duration such as 60d or 12h", "invalid value %q for --within", o.within)
	}
	return errors.Join(err, checkOutput(o.output, "", "json", "yaml"))
}

// parseDays parses a duration, also in days.
func parseDays(text string) (time.Duration, error) {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		var n int
		if _, err := fmt.Sscanf(days+" ", "%d ", &n); err != nil || n < 0 || n > 36500 || fmt.Sprint(n) != days {
			return 0, fmt.Errorf("not a number of days: %q", text)
		}
		return time.Duration(n) * 24 * time.Hour, nil
	}
	d, err := time.ParseDuration(text)
	if err == nil && d < 0 {
		err = fmt.Errorf("negative: %q", text)
	}
	return d, err
}

func (o *caStatusOptions) Run(ctx context.Context) error {
	within, _ := parseDays(o.within)
	return o.with(ctx, "", func(a *authority.Authority) error {
		found, err := a.Status(within)
		if err != nil {
			return err
		}
		if err := report.Certificates(o.Out, o.output, found); err != nil {
			return err
		}
		if found.Next != "" {
			o.log().Warn(found.Next, "certificates are missing: calls between clusters fail without them")
		}
		if count := found.NeedAttention(); count > 0 {
			all := terminal.Count(len(found.Roots)+len(found.Clusters), "certificate")
			return fmt.Errorf("%d of %s need attention", count, all)
		}
		return verdict.IncompleteIf(found.Next != "")
	})
}

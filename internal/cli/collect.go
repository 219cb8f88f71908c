package cli

import (
	"context"
	"iter"
	"time"

	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/internal/collect"
	"github.com/kubectl-mesh/kubectl-mesh/internal/report"
	"github.com/kubectl-mesh/kubectl-mesh/internal/status"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// Defaults of requested tokens. A forgotten one should be valid for three months at most, and one that is valid for
// less than a day would expire before its successor has been delivered.
const (
	presetDuration    = 90 * 24 * time.Hour
	presetMinDuration = 24 * time.Hour
	leastDuration     = 10 * time.Minute // of the API server
)

type collectOptions struct {
	System
	liveFlags
	filename    string
	clusters    []string
	token       string
	duration    time.Duration
	minDuration time.Duration
	limited     bool // one of the two was specified
	output      string
	pin         bool
}

func newCollect(system System, runF func(*collectOptions) error) *cobra.Command {
	o := &collectOptions{System: system, liveFlags: newLiveFlags(system)}
	cmd := &cobra.Command{
		Use:   "collect [--cluster NAME]...",
		Short: "Read facts and reader tokens from the clusters",
		Long: `Read facts from each cluster and write them to clusters/NAME.yaml: the cluster's identity, version,
address and issuer, the installed Istio, east-west gateway addresses and pod ranges. A file is written
only if a fact has changed. Comments are kept, as are fields that the cluster does not report, an API
server address that differs from the context's, and a pod range that contains those of all nodes.
mesh.yaml always takes precedence over the file.

Reader tokens are read too, from the token Secrets in the cluster's overlay, if its readers use tokens.
They are stored in credentials/, which is readable only by you and ignored by Git. --token=request
requests new tokens instead, which expire; this is the only change the command makes to a cluster.

Each context is verified first: nothing is written for a cluster that is not the one declared in
mesh.yaml or recorded before. If a cluster cannot be read, the others still are, and the exit code is 1.`,
		Example: `  # Read all clusters that have a context in mesh.yaml
  kubectl mesh collect

  # Read one cluster through another context
  kubectl mesh collect --cluster east --context admin@east

  # Request tokens that expire, valid for at least 30 days
  kubectl mesh collect --token=request --duration=2160h --min-duration=720h`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.complete(cmd)
			return start(cmd.Context(), o, runF)
		},
	}
	addFilename(cmd, &o.filename)
	markInterruptible(cmd)
	o.liveFlags.add(cmd)
	flags := cmd.Flags()
	flags.StringSliceVar(&o.clusters, "cluster", nil, "cluster to read; can be repeated or comma-separated (default: all that have a context)")
	flags.StringVar(&o.token, "token", string(collect.FromSecret), "source of reader tokens: secret, request or skip")
	flags.DurationVar(&o.duration, "duration", presetDuration, "validity of requested tokens")
	flags.DurationVar(&o.minDuration, "min-duration", presetMinDuration, "reject requested tokens of shorter validity")
	flags.BoolVar(&o.pin, "pin", false, "record the UID of a cluster whose identity cannot be verified")
	addOutput(cmd, &o.output, "", "json", "yaml")
	_ = cmd.RegisterFlagCompletionFunc("cluster", completeClusters(&o.filename))
	completeWords(cmd, "token", string(collect.FromSecret), string(collect.FromRequest), string(collect.SkipTokens))
	return cmd
}

// complete lowers a default --min-duration: a short --duration should not be rejected because of it.
func (o *collectOptions) complete(cmd *cobra.Command) {
	if !cmd.Flags().Changed("min-duration") {
		o.minDuration = min(o.minDuration, o.duration)
	}
	o.limited = cmd.Flags().Changed("min-duration") || cmd.Flags().Changed("duration")
}

func (o *collectOptions) Validate() error {
	errs := verdict.Usage{
		checkOutput(o.output, "", "json", "yaml"),
		verdict.Word("--token", o.token, string(collect.FromSecret), string(collect.FromRequest), string(collect.SkipTokens)),
		o.liveFlags.validate(),
	}
	errs.Refuse(o.limited && o.token != string(collect.FromRequest),
		"request tokens: --token=request", "--duration and --min-duration require --token=request")
	errs.Refuse(o.duration < leastDuration,
		"use the shortest validity that API servers grant: --duration=10m", "--duration is shorter than ten minutes")
	errs.Refuse(o.minDuration > o.duration,
		"request a longer validity: --duration="+o.minDuration.String(), "--min-duration is longer than --duration")
	errs.Refuse(o.context != "" && len(o.clusters) != 1,
		"specify the cluster: --cluster NAME", "--context requires exactly one --cluster")
	return errs.Err()
}

func (o *collectOptions) Run(ctx context.Context) error {
	ws, err := workspace.OpenUnchecked(ctx, o.source(o.filename).Named("collect"))
	if err != nil {
		return err
	}
	defer ws.Close()
	contextFor := ""
	if len(o.clusters) == 1 {
		contextFor = o.clusters[0]
	}
	in := collect.Input{Workspace: ws, Names: o.clusters, Pin: o.pin,
		Tokens: collect.Tokens(o.token), Duration: o.duration, MinDuration: o.minDuration}
	if in.Clusters, err = o.liveFlags.clusters(ws, contextFor); err != nil {
		return err
	}
	if o.context != "" {
		if err := in.Clusters.Check(o.context); err != nil {
			return err
		}
	}
	results, err := collect.Run(ctx, in)
	if err != nil {
		return err
	}
	err = o.print(ws.Dir, results)
	if o.output != "" {
		return err
	}
	return o.next(ctx, err, o.filename, o.liveFlags, status.Known{})
}

// print prints the result of each cluster of the workspace in dir, for people as soon as it is available.
func (o *collectOptions) print(dir string, results iter.Seq2[*v1alpha1.Cluster, collect.Result]) error {
	all := []collect.Result{}
	for _, result := range results {
		all = append(all, result)
		if o.output == "" {
			report.Collected(o.ErrOut, result)
		}
	}
	if o.output != "" {
		if err := report.Document(o.Out, o.output, "CollectReport", map[string]any{"clusters": all}); err != nil {
			return err
		}
	}
	return collect.Failures(all, dir)
}

package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/internal/collect"
	"github.com/kubectl-mesh/kubectl-mesh/internal/inspect"
	"github.com/kubectl-mesh/kubectl-mesh/internal/proof"
	"github.com/kubectl-mesh/kubectl-mesh/internal/report"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/check"
)

// errUnhealthy is the result of a check that reported a failure.
var errUnhealthy = errors.New("the mesh is not healthy")

type checkOptions struct {
	System
	liveFlags
	receiptFlags
	filename    string
	cluster     string
	output      string
	istiodDebug []string
	offline     bool
	gcloudDump  string
	sample      bool
	apply       bool
	handshake   bool
	service     string
	strict      bool
	wait        time.Duration
	calls       int
}

// Limits of --calls: usually enough for four clusters to answer, and no load test.
const (
	defaultCalls = 20
	maxCalls     = 1000
)

func newCheck(system System, runF func(*checkOptions) error) *cobra.Command {
	o := &checkOptions{System: system, liveFlags: newLiveFlags(system)}
	cmd := &cobra.Command{
		Use:   "check [--cluster NAME]",
		Short: "Check files, clusters and every link between clusters",
		Long: `Check the files, every reachable cluster and every link: whether the remote secret exists, its API
server answers, its token is accepted and has the required permissions, both clusters trust a common
root, and istiod has synced. No cluster is changed without --apply. To explain a check:
kubectl mesh explain CHECK016.

Problems are listed with a reason and a remedy. The matrix below them has a row for each consumer and a
column for each target:

  ok    no problem; there may be a warning
  FAIL  a check failed
  ?     something could not be verified, and nothing failed
  -     not linked, or not checked

Remote secrets are tested from here, and only if they point at the API server in mesh.yaml. istiod is
reached through the API server, as with kubectl port-forward; --istiod-debug specifies another URL for
its debug interface.

--sample calls the sample service from every cluster. The table CALLS shows which clusters answered, how
often, and whether directly or through a gateway. "direct?" and "gateway?" were not measured: the
networks in mesh.yaml imply them. With --apply, the sample is deployed to the clusters that do not have
it, and removed from them after the check, and --wait defaults to two minutes. A sample that was deployed
with kubectl mesh render --with-sample --apply stays until you remove it.

--handshake connects to every address of every east-west gateway from this machine, and starts TLS as a
sidecar does, without a certificate. The certificate that the gateway's workload presents shows whether
the address is right, whether the gateway knows the service, and whether its callers trust the issuer.
The gateways are asked for the sample's service helloworld; --handshake-service specifies another one
that has endpoints in every cluster. With --offline, the addresses in the files are used.

--gcloud-dump contacts no cluster. It compares the JSON output of gcloud container clusters list and
gcloud compute firewall-rules list with what the mesh requires, and reports blocked flows, wider rules,
overlapping ranges, and lists near their limits.

--wait repeats the checks until the command would exit 0 or the time is up. A line on stderr lists what
it is waiting for, whenever that changes; only the last result is printed.

If mesh.yaml lists sites, clusters of other sites that the kubeconfig does not reach are skipped.
--receipt writes the state of this site's clusters to a signed exchange file for other sites.
--from-receipts merges such files with the clusters that are reachable from here, and prints the state
of every link, its age, and contradictions between sites. If no cluster is reachable, add --offline.

Exits 0 if everything was verified and nothing failed, with or without warnings; 1 if something failed;
3 if nothing failed but something could not be verified, such as an unreachable cluster (1 with
--strict); and 2 if mesh.yaml cannot be read.`,
		Example: `  # Check everything that can be reached
  kubectl mesh check

  # In CI, without a cluster
  kubectl mesh check --offline

  # After an apply, wait until every istiod has synced
  kubectl mesh check --wait 5m

  # Compare what Google Cloud allows, from JSON output of gcloud
  kubectl mesh check --gcloud-dump dump/

  # Test TLS with every address of every east-west gateway, from this machine
  kubectl mesh check --handshake --handshake-service shop/cart:8080

  # Deploy the sample, call it from every cluster, and remove it
  kubectl mesh check --sample --apply

  # Check one cluster through another context
  kubectl mesh check --cluster east --context admin@east

  # Reach istiod at a forwarded port
  kubectl mesh check --istiod-debug east=http://127.0.0.1:15014`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return start(cmd.Context(), o, runF) },
	}
	o.addFlags(cmd)
	return cmd
}

func (o *checkOptions) addFlags(cmd *cobra.Command) {
	markInterruptible(cmd)
	addFilename(cmd, &o.filename)
	addOutput(cmd, &o.output, "", "json", "yaml", "junit")
	o.liveFlags.add(cmd)
	cmd.Flags().StringVar(&o.cluster, "cluster", "", "cluster to check, with its links as consumer (default: all)")
	cmd.Flags().StringArrayVar(&o.istiodDebug, "istiod-debug", nil,
		"URL of istiod's debug interface: NAME=URL, or URL with --cluster; can be repeated")
	cmd.Flags().BoolVar(&o.offline, "offline", false, "check files only, without contacting a cluster")
	cmd.Flags().StringVar(&o.gcloudDump, "gcloud-dump", "",
		"compare JSON output of gcloud in this directory with what the mesh requires, without contacting a cluster")
	_ = cmd.MarkFlagDirname("gcloud-dump")
	cmd.Flags().BoolVar(&o.sample, "sample", false, "also call the sample service from every cluster")
	cmd.Flags().BoolVar(&o.apply, "apply", false,
		"with --sample: deploy the sample where it is missing, and remove it after the check")
	cmd.Flags().BoolVar(&o.handshake, "handshake", false,
		"also start TLS with every address of every east-west gateway, without a certificate")
	cmd.Flags().StringVar(&o.service, "handshake-service", inspect.SampleService().String(),
		"with --handshake: service to request from the gateways, NAMESPACE/NAME:PORT")
	cmd.Flags().IntVar(&o.calls, "calls", defaultCalls, "with --sample: calls per cluster, at most 1000")
	cmd.Flags().BoolVar(&o.strict, "strict", false, "exit 1 instead of 3 if something could not be verified")
	cmd.Flags().DurationVar(&o.wait, "wait", 0, "repeat the checks until all succeed, for up to this time; 0 checks once")
	o.addReceipts(cmd)
	_ = cmd.RegisterFlagCompletionFunc("cluster", completeClusters(&o.filename))
}

// isOffline reports whether only files are checked.
func (o *checkOptions) isOffline() bool { return o.offline || o.gcloudDump != "" }

func (o *checkOptions) Validate() error {
	errs := verdict.Usage{checkOutput(o.output, "", "json", "yaml", "junit"), o.liveFlags.validate()}
	errs.Refuse(o.context != "" && o.cluster == "", "specify the cluster: --cluster NAME", "--context requires --cluster")
	if o.isOffline() && (o.cluster != "" || len(o.istiodDebug) > 0 || o.sample || o.wait != 0) {
		errs = append(errs, verdict.Inputf("specify only one of them",
			"--offline and --gcloud-dump cannot be used with --cluster, --context, --istiod-debug, --sample "+
				"or --wait"))
	}
	if o.wait != 0 && o.filename == "-" {
		errs = append(errs, verdict.Inputf("write mesh.yaml to a file: -f FILE",
			"--wait reads mesh.yaml repeatedly, and stdin can be read only once"))
	}
	errs.Refuse(o.fromReceipts != "" && o.output == "junit", "use -o json", "--from-receipts has no junit output")
	if o.wait < 0 {
		errs = append(errs, verdict.Inputf("use a duration such as 5m", "invalid value %s for --wait", o.wait))
	}
	errs = append(errs, inspect.CheckService(o.service, o.handshake))
	errs.Refuse(o.apply && !o.sample, "add --sample", "--apply requires --sample")
	switch {
	case o.calls < 1 || o.calls > maxCalls:
		errs = append(errs, verdict.Inputf(fmt.Sprintf("use 1 to %d", maxCalls), "invalid value %d for --calls", o.calls))
	case o.calls != defaultCalls && !o.sample:
		errs = append(errs, verdict.Inputf("add --sample", "--calls requires --sample"))
	}
	return errs.Err()
}

func (o *checkOptions) Run(ctx context.Context) error {
	return o.withSample(ctx, o.run)
}

func (o *checkOptions) run(ctx context.Context) error {
	seen, err := o.await(ctx, proof.WallClock{}, o.look)
	if err != nil {
		return err
	}
	if done, err := o.receipts(ctx, seen); done || err != nil {
		return err
	}
	printed := report.Check{Graph: seen.Graph, Results: seen.Results, Callers: seen.Callers, Offline: o.isOffline(),
		Handshakes: seen.Handshakes, Problems: seen.Problems, Filename: o.filename}
	if err := printed.Print(o.Out, o.output); err != nil {
		return err
	}
	if warning, remedy := seen.Lack(); warning != "" {
		o.log().Warn(remedy, "%s", warning)
	}
	if o.sample && !o.apply {
		o.log().Advise(seen.RemoveSample())
	}
	return o.outcome(seen)
}

// outcome returns the result of a run.
func (o *checkOptions) outcome(seen inspect.Result) error {
	verified := seen.IsVerified()
	if check.Failed(seen.Results) || !verified && o.strict {
		return errUnhealthy
	}
	return verdict.IncompleteIf(!verified)
}

// look reads the files and queries the clusters once.
func (o *checkOptions) look(ctx context.Context) (inspect.Result, error) {
	ws, problems, err := workspace.Read(ctx, o.source(o.filename))
	if err != nil {
		return inspect.Result{}, err
	}
	defer ws.Close()
	if ws.Graph == nil {
		return inspect.Result{}, workspace.Stopped(ws.Name, problems, o.filename)
	}
	in := inspect.Input{Workspace: ws, Cluster: o.cluster, Now: time.Now()}
	in.Kubectl = o.options(o.cluster).KubectlFor(ws.Graph.Cluster)
	if o.sample {
		in.Calls = o.calls
	}
	if o.handshake {
		if in.Handshake, err = inspect.HandshakeFor(o.service); err != nil {
			return inspect.Result{}, err
		}
	}
	if o.gcloudDump != "" {
		if in.Dump, err = collect.CheckDump(ctx, o.gcloudDump, ws); err != nil {
			return inspect.Result{}, err
		}
	}
	if !o.isOffline() {
		if in.IstiodDebug, err = inspect.ParseDebug(ws, o.istiodDebug, o.cluster); err != nil {
			return inspect.Result{}, err
		}
		if in.Clusters, err = o.clusters(ws, o.cluster); err != nil {
			return inspect.Result{}, err
		}
	}
	return inspect.Run(ctx, in)
}

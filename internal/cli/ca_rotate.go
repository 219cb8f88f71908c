package cli

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/internal/authority"
	"github.com/kubectl-mesh/kubectl-mesh/internal/inspect"
	"github.com/kubectl-mesh/kubectl-mesh/internal/status"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/handshake"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

type caRotateOptions struct {
	caOptions
	liveFlags
	cluster   string
	all       bool
	root      bool
	abort     bool
	insecure  bool
	offline   bool
	renewed   bool
	handshake bool
	service   string
	outputDir string
	keyType   string
	life      time.Duration
}

// rotationHandshakes is the number of handshakes with each address to verify a phase.
const rotationHandshakes = 20

func newCARotate(system System, runF func(*caRotateOptions) error) *cobra.Command {
	o := &caRotateOptions{caOptions: caOptions{System: system}, liveFlags: newLiveFlags(system)}
	cmd := &cobra.Command{
		Use:   "rotate --cluster NAME | --all | --root [--abort]",
		Short: "Rotate a cluster's certificate, or the root, without downtime",
		Long: `Rotate a cluster's certificate: a new key, the next generation, the same root. istiod picks it up
without a restart.

Rotate the root in three phases. Each run with --root is one phase, a small change in trust/:
  trust   the new root is trusted in addition to the old root
  sign    every cluster gets a certificate under the new root
  drop    the old root is no longer trusted
Render, commit and apply after each phase. The next phase is refused until the rendered tree and every
reachable cluster show the previous one, and until every workload has it: two minutes after phase trust
with sidecars; one workload certificate lifetime (24 hours unless istiod sets another) with ambient, and
after phase sign. The time is printed, and recorded in .kubectl-mesh/state.yaml. --workloads-renewed
confirms that all workloads were restarted instead; --offline requires it, or --handshake. --abort goes
back one phase.

--handshake verifies the workloads instead of waiting: with 20 TLS handshakes with every address of every
east-west gateway, each of which must show the previous phase. They reach the workloads of one service;
specify one that runs everywhere with --handshake-service. The time still applies to ambient, to clusters
without a gateway or in a network with others, and to roots with the same subject.`,
		Example: `  kubectl mesh ca rotate --cluster east
  kubectl mesh ca rotate --root && kubectl mesh render --output-dir deploy
  git add trust deploy && git commit && kubectl mesh render --apply`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return start(cmd.Context(), o, runF) },
	}
	o.caOptions.add(cmd)
	o.liveFlags.add(cmd)
	_ = cmd.Flags().MarkHidden("context")
	o.addPassphrase(cmd)
	markInterruptible(cmd)
	addMembers(cmd, &o.cluster, &o.all, &o.filename)
	addKeyType(cmd, &o.keyType)
	addInsecure(cmd, &o.insecure)
	addLife(cmd, &o.life)
	flags := cmd.Flags()
	flags.BoolVar(&o.root, "root", false, "run the next phase of a root rotation")
	flags.BoolVar(&o.abort, "abort", false, "with --root: go back one phase")
	flags.BoolVar(&o.offline, "offline", false, "with --root: contact no cluster, and verify the rendered tree only")
	flags.BoolVar(&o.renewed, "workloads-renewed", false,
		"with --root: confirm that every workload was restarted since the last phase was applied")
	flags.BoolVar(&o.handshake, "handshake", false,
		"with --root: verify with TLS handshakes, instead of the time, that workloads have the previous phase")
	flags.StringVar(&o.service, "handshake-service", inspect.SampleService().String(),
		"with --handshake: service to request from the gateways, NAMESPACE/NAME:PORT")
	flags.StringVar(&o.outputDir, "output-dir", "deploy", "with --root: directory of the rendered tree")
	_ = cmd.MarkFlagDirname("output-dir")
	return cmd
}

func (o *caRotateOptions) Validate() error {
	errs := verdict.Usage{checkKeyType(o.keyType), checkLife(o.life), o.refuseContext(), o.liveFlags.validate()}
	if o.root == (o.cluster != "" || o.all) {
		errs = append(errs, verdict.Inputf("specify --cluster NAME, --all or --root",
			"specify exactly one of --cluster, --all and --root"))
	} else if !o.root {
		errs = append(errs, checkMembers(o.cluster, o.all))
	}
	errs.Refuse(o.abort && !o.root, "a cluster's certificate is rotated in one step", "--abort requires --root")
	errs.Refuse(o.renewed && !o.root, "add --root", "--workloads-renewed requires --root")
	errs.Refuse(o.handshake && !o.root, "add --root", "--handshake requires --root")
	errs.Refuse(o.handshake && o.abort, "omit --handshake", "--abort cannot be used with --handshake")
	errs = append(errs, inspect.CheckService(o.service, o.handshake))
	return errs.Err()
}

func (o *caRotateOptions) Run(ctx context.Context) error {
	err := o.with(ctx, "ca rotate", func(a *authority.Authority) error {
		if !o.root {
			return a.Reissue(ctx, authority.Members{Cluster: o.cluster, All: o.all}, trust.KeyType(o.keyType), o.life)
		}
		in := authority.RotateInput{Tree: o.outputDir, KeyType: trust.KeyType(o.keyType), NoPassphrase: o.insecure, Validity: o.life,
			WorkloadsRenewed: o.renewed}
		if !o.offline {
			var err error
			if in.Clusters, err = o.clusters(a.Workspace, ""); err != nil {
				return err
			}
		}
		if o.handshake {
			asked, err := inspect.HandshakeFor(o.service)
			if err != nil {
				return err
			}
			look := inspect.Input{Workspace: a.Workspace, Clusters: in.Clusters, Handshake: asked, Now: time.Now()}
			in.Handshakes = func(ctx context.Context) (map[string][]handshake.Result, error) {
				return inspect.Rounds(ctx, look, rotationHandshakes)
			}
		}
		if o.abort {
			return a.AbortRotation(ctx, in)
		}
		return a.RotateRoot(ctx, in)
	})
	return o.next(ctx, err, o.filename, o.liveFlags, status.Known{})
}

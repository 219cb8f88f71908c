package cli

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/check"
)

// errUnhealthy is the outcome of a check that found a failure: it has been said.
var errUnhealthy = errors.New("the mesh is not healthy")

type checkOptions struct {
	System
	liveFlags
	filename    string
	cluster     string
	output      string
	istiodDebug []string
	offline     bool
}

func newCheck(system System, runF func(*checkOptions) error) *cobra.Command {
	o := &checkOptions{System: system, liveFlags: newLiveFlags(system)}
	cmd := &cobra.Command{
		Use:   "check [--cluster NAME]",
		Short: "Check the files, the clusters and every link between them",
		Long: `Check the files, then every cluster that can be reached, and every link: is the remote secret
there, does its server answer, is its token accepted, are its rights enough, do both ends trust
one root, has istiod synced. Nothing is changed. kubectl mesh explain CHECK016 explains a check.

What is not ok is listed with its reason and a remedy. The matrix below it has a row for each
cluster that reads and a column for each that is read:

  ok    nothing is wrong; there may be a warning
  FAIL  a check has failed
  ?     something could not be seen, and nothing that was seen has failed
  -     not linked, or not asked

A remote secret is tried out from here, and only when it leads where mesh.yaml says. Istiod is
asked through the API server, as kubectl port-forward does it; --istiod-debug names another way
to its debug interface.

It exits 0 when nothing has failed: warnings and what could not be seen do not count, as long as
one cluster could be reached. Otherwise it exits 1, or 2 when mesh.yaml cannot be read.`,
		Example: `  # Everything that can be reached
  kubectl mesh check

  # In CI, without a cluster
  kubectl mesh check --offline

  # One cluster, through another context
  kubectl mesh check --cluster east --context admin@east

  # With istiod at a forwarded port
  kubectl mesh check --istiod-debug east=http://127.0.0.1:15014`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if runF != nil {
				return runF(o)
			}
			if err := o.Validate(); err != nil {
				return err
			}
			return o.Run(cmd.Context())
		},
	}
	markInterruptible(cmd)
	addFilename(cmd, &o.filename)
	addOutput(cmd, &o.output, "", "json", "junit")
	o.liveFlags.add(cmd)
	cmd.Flags().StringVar(&o.cluster, "cluster", "", "the cluster to check, with the links on which it reads others; default: all")
	cmd.Flags().StringArrayVar(&o.istiodDebug, "istiod-debug", nil, "where the debug interface of an istiod is: NAME=URL, or URL with --cluster; may be given several times")
	cmd.Flags().BoolVar(&o.offline, "offline", false, "check the files only, and ask no cluster")
	_ = cmd.RegisterFlagCompletionFunc("cluster", completeClusters(&o.filename))
	return cmd
}

func (o *checkOptions) Validate() error {
	errs := []error{checkOutput(o.output, "", "json", "junit"), o.liveFlags.validate()}
	if *o.Context != "" && o.cluster == "" {
		errs = append(errs, inputErrorf("say of which cluster it is: --cluster NAME", "--context needs --cluster"))
	}
	if o.offline && (o.cluster != "" || len(o.istiodDebug) > 0) {
		errs = append(errs, inputErrorf("leave out one of them", "--offline asks no cluster: it does not go with --cluster, --context or --istiod-debug"))
	}
	return errors.Join(errs...)
}

func (o *checkOptions) Run(ctx context.Context) error {
	ws, problems, err := readWorkspace(o.filename, o.In)
	if err != nil {
		return err
	}
	defer ws.close()
	if ws.graph == nil {
		return &problemsError{ws.name, problems, listAll(o.filename)}
	}
	run := &checkRun{checkOptions: o, ws: ws}
	in := check.Input{Mesh: ws.doc.Mesh, Graph: ws.graph, Problems: problems, Now: time.Now(), Commands: run.commands()}
	if in.Tree, err = run.tree(problems); err != nil {
		return err
	}
	if !o.offline {
		if in.Facts, err = run.gather(ctx); err != nil {
			return err
		}
	}
	if ctx.Err() != nil {
		return errInterrupted
	}
	results := check.Run(in)
	if err := run.print(results); err != nil {
		return err
	}
	return run.outcome(in, results)
}

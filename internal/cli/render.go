package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/internal/report"
	"github.com/kubectl-mesh/kubectl-mesh/internal/status"
	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/tree"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
)

type renderOptions struct {
	System
	liveFlags
	applyFlags
	filename  string
	cluster   string
	outputDir string
	check     bool
	force     bool
	secrets   string
	output    string
	sample    bool
}

func newRender(system System, runF func(*renderOptions) error) *cobra.Command {
	o := &renderOptions{System: system, liveFlags: newLiveFlags(system)}
	cmd := &cobra.Command{
		Use:   "render [--cluster NAME | --output-dir DIR]",
		Short: "Render one cluster to stdout, or the mesh to a directory; apply it",
		Long: `Render the objects of each cluster from files, offline. Clusters are contacted and changed only with
--apply.

One cluster is printed to stdout: the one specified with --cluster, or the one that has the current
kubeconfig context. --output-dir writes the overlays of all clusters to a directory; files edited by hand
and files not created by kubectl mesh are never overwritten without --force.

Objects with credentials are included in a pipe, masked on a terminal, and skipped in a directory,
unless --secrets specifies otherwise. With --output-dir and --secrets=include they are written to
credentials/overlays next to mesh.yaml, never to the directory.

--apply applies to all clusters, or to the one specified with --cluster: reader accounts first, then
remote secrets with the tokens that the API servers issued, in memory. Before anything is written, each
context is verified to point at the cluster declared in mesh.yaml: by its recorded UID or, if none is
recorded, by an API server whose CA mesh.yaml declares. In a Git repository the rendered tree must be
current and committed, so that what was reviewed is what is applied. A field conflict in any cluster
stops the run before the first change. A second run changes nothing.

Files and objects that require an address, a certificate, a fact or a credential that does not exist yet
are held back: they are listed with the next step, everything else is rendered, and the exit code is 3.
They are never removed, neither from the directory nor by --prune. A dry run that could not check some
objects yet exits 3 too.`,
		Example: `  # Review what one cluster gets
  kubectl mesh render --cluster east --secrets=skip

  # Apply it with kubectl
  kubectl mesh render --cluster east | kubectl --context east apply --server-side --field-manager=mesh-cli -f -

  # Render the tree for review, and check in CI that it is current
  kubectl mesh render --output-dir deploy
  kubectl mesh render --output-dir deploy --check

  # Apply to all clusters, with a dry run first
  kubectl mesh render --apply --dry-run=server
  kubectl mesh render --apply`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return start(cmd.Context(), o, runF) },
	}
	o.addFlags(cmd)
	return cmd
}

func (o *renderOptions) addFlags(cmd *cobra.Command) {
	addFilename(cmd, &o.filename)
	o.liveFlags.add(cmd)
	o.applyFlags.add(cmd)
	flags := cmd.Flags()
	flags.StringVar(&o.cluster, "cluster", "", "cluster to render")
	flags.Lookup("context").Usage = "render the cluster that has this kubeconfig context; " +
		"with --apply and --cluster: context to use instead of the one in mesh.yaml"
	flags.StringVar(&o.outputDir, "output-dir", "", "directory to write the tree to, instead of a stream to stdout")
	flags.BoolVar(&o.check, "check", false, "write nothing; list differences, unmanaged files included, "+
		"and exit 1 if the directory is not current")
	flags.BoolVar(&o.force, "force", false, "overwrite and remove files that were edited by hand or not created by kubectl mesh")
	flags.StringVar(&o.secrets, "secrets", "", "objects with credentials: include, mask or skip "+
		"(default: include in a pipe, mask on a terminal, skip in a directory)")
	flags.BoolVar(&o.sample, "with-sample", false, "add a service and a client in namespace sample, for kubectl mesh check --sample")
	addOutput(cmd, &o.output, "yaml", "yaml", "json")
	_ = cmd.RegisterFlagCompletionFunc("cluster", completeClusters(&o.filename))
	completeWords(cmd, "secrets", string(tree.Include), string(tree.Mask), string(tree.Skip))
	_ = cmd.MarkFlagDirname("output-dir")
}

func (o *renderOptions) Validate() error {
	toDirectory := o.outputDir != ""
	errs := verdict.Usage{
		checkOutput(o.output, "yaml", "json"),
		verdict.Word("--secrets", o.secrets, "", string(tree.Include), string(tree.Mask), string(tree.Skip)),
	}
	errs.Refuse(o.check && !toDirectory, "specify the directory: --output-dir deploy", "--check requires --output-dir")
	errs.Refuse(o.force && !toDirectory, "add --output-dir", "--force requires --output-dir")
	errs.Refuse(o.force && o.check, "--check writes nothing: omit --force", "--check and --force are mutually exclusive")
	errs.Refuse(toDirectory && o.output == "json", "omit -o or --output-dir", "--output-dir writes YAML only")
	errs.Refuse(toDirectory && o.secrets == string(tree.Mask),
		"use --secrets=include or --secrets=skip", "--output-dir cannot write masked Secrets")
	errs.Refuse(o.cluster != "" && o.context != "" && !o.apply,
		"specify only one of them", "--cluster and --context are mutually exclusive")
	errs.Refuse(o.apply && toDirectory, "run one after the other", "--apply and --output-dir are mutually exclusive")
	errs.Refuse(o.apply && o.secrets != "", "omit --secrets: tokens stay in memory", "--apply and --secrets are mutually exclusive")
	return errors.Join(append(errs, o.applyFlags.validate(), o.liveFlags.validate())...)
}

func (o *renderOptions) Run(ctx context.Context) error {
	ws, problems, err := workspace.Open(ctx, o.source(o.filename).Named("render"))
	if err != nil {
		return err
	}
	defer ws.Close()
	if o.apply {
		terminal.Counted(o.ErrOut, mesh.WithoutIncomplete(problems), workspace.Validate(o.filename))
		return o.runApply(ws)
	}
	if o.outputDir != "" {
		return o.runTree(ctx, ws, problems)
	}
	return o.runStream(ws, problems)
}

// input returns the input of a rendering.
func (o *renderOptions) input(ws *workspace.Workspace, problems []mesh.Problem, preset tree.Secrets) tree.Input {
	return tree.Input{Workspace: ws, Problems: problems, Secrets: cmp.Or(tree.Secrets(o.secrets), preset), Sample: o.sample}
}

// runStream prints one cluster.
func (o *renderOptions) runStream(ws *workspace.Workspace, problems []mesh.Problem) error {
	name, err := pickCluster(ws, o.cluster, &o.liveFlags)
	if err != nil {
		return err
	}
	preset := tree.Include
	if o.OutIsTerminal {
		preset = tree.Mask
	}
	made, found, err := tree.Compile(o.input(ws, problems, preset), name)
	report.Findings(o.ErrOut, o.filename, found)
	if err != nil {
		return err
	}
	if held := made.Secrets(); o.OutIsPipe && o.secrets == "" && len(held) > 0 {
		o.log().Warn("pipe it into: kubectl apply --server-side --field-manager=mesh-cli -f -; --secrets=include silences this notice",
			"the stream contains %s, and kubectl apply -f - without --server-side stores a copy in annotation "+
				"kubectl.kubernetes.io/last-applied-configuration", terminal.Count(len(held), "credential"))
	}
	encode := made.YAML
	if o.output == "json" {
		encode = made.JSON
	}
	text, err := encode()
	if err != nil {
		return fmt.Errorf("encode %s: %w", name, err)
	}
	_, err = o.Out.Write(text)
	report.HeldObjects(o.log(), made.Held)
	return cmp.Or(err, verdict.IncompleteIf(len(made.Held) > 0))
}

// runTree writes the tree to the directory, or compares them.
func (o *renderOptions) runTree(ctx context.Context, ws *workspace.Workspace, problems []mesh.Problem) error {
	to := tree.Target{Dir: o.outputDir, Force: o.force}
	if o.cluster != "" || o.context != "" {
		name, err := pickCluster(ws, o.cluster, &o.liveFlags)
		if err != nil {
			return err
		}
		to.Only = []string{name}
	}
	in := o.input(ws, problems, tree.Skip)
	made, found, err := tree.Render(in, to)
	report.Findings(o.ErrOut, o.filename, found)
	if err != nil {
		return err
	}
	incomplete := verdict.IncompleteIf(len(made.Held) > 0)
	if o.check {
		report.Held(o.log(), made.Held, made.Path)
		return cmp.Or(tree.Compare(ws.Name, made.Trees, report.TreeDifferences(o.Out)), incomplete)
	}
	reports, err := tree.Write(ctx, ws, made.Trees)
	for i, report := range reports {
		fmt.Fprintf(o.ErrOut, "%s: %d written, %d unchanged, %d removed\n", made.Trees[i].Dir,
			len(report.Written), len(report.Unchanged), len(report.Removed))
	}
	if err == nil {
		report.Held(o.log(), made.Held, made.Path)
	}
	err = cmp.Or(err, incomplete)
	if !tree.IsInside(ws, to.Dir) {
		return err
	}
	return o.next(ctx, err, o.filename, o.liveFlags, status.KnownTree(in, made, to))
}

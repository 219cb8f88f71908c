package cli

import (
	"context"
	"errors"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/internal/report"
	"github.com/kubectl-mesh/kubectl-mesh/internal/review"
	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/changes"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

type reviewOptions struct {
	System
	filename string
	output   string
	failOn   string
	maxBytes int
	revision string
	compared review.Range
}

func newReview(system System, runF func(*reviewOptions) error) *cobra.Command {
	o := &reviewOptions{System: system}
	cmd := &cobra.Command{
		Use:   "review [BASE | BASE...HEAD | BASE..HEAD]",
		Short: "Show what a change means, between two Git revisions",
		Long: `Show what a change of mesh.yaml and its related files means: new access between clusters, changed API
servers, CAs, roots and gateways, firewall openings, and clusters that join or leave. Each kind of
change has an ID, which kubectl mesh explain describes.

With one revision, the working tree is compared with the merge base of that revision and HEAD; without a
revision, with the last commit. BASE...HEAD compares HEAD with the merge base of both, BASE..HEAD with
BASE itself. Both sides are read from Git's object database: nothing is checked out, no configuration of
the repository is executed, and no credential is read.

Exits 0 whatever changed; 1 with --fail-on if a change is that severe; 2 if mesh.yaml is invalid; and 3
if the revisions could not be compared.`,
		Example: `  # Review changes before the commit
  kubectl mesh review

  # Review a branch
  kubectl mesh review origin/main...HEAD

  # Write a comment for a pull request, and fail if a change requires approval
  kubectl mesh review origin/main...HEAD -o markdown --fail-on danger > comment.md`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return verdict.Inputf("specify a range: BASE...HEAD", "%s accepts one range of revisions", cmd.CommandPath())
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				o.revision = args[0]
			}
			return start(cmd.Context(), o, runF)
		},
	}
	addFilename(cmd, &o.filename)
	markInterruptible(cmd)
	addOutput(cmd, &o.output, "text", "text", "markdown", "json", "yaml")
	cmd.Flags().StringVar(&o.failOn, "fail-on", "", "exit 1 if a change is at least this severe: danger, warning or note")
	completeWords(cmd, "fail-on", severities()...)
	cmd.Flags().IntVar(&o.maxBytes, "max-bytes", 60_000,
		"with -o markdown: maximum size; the least severe entries are omitted first; 0 disables the limit")
	return cmd
}

func severities() []string {
	var words []string
	for _, severity := range changes.Severities() {
		words = append(words, string(severity))
	}
	return words
}

func (o *reviewOptions) Validate() (err error) {
	if o.compared, err = review.ParseRange(o.revision); err != nil {
		return err
	}
	if o.maxBytes != 0 && o.maxBytes < review.MinBytes {
		return verdict.Inputf("use at least 2000, or 0 to disable the limit",
			"--max-bytes %d is too small for a review", o.maxBytes)
	}
	if o.failOn != "" {
		err = verdict.Word("--fail-on", o.failOn, severities()...)
	}
	return errors.Join(err, checkOutput(o.output, "text", "markdown", "json", "yaml"))
}

func (o *reviewOptions) Run(ctx context.Context) error {
	result, err := review.Run(ctx, review.Input{Source: o.source(o.filename), Range: o.compared})
	var uncompared *review.UncomparedError
	if errors.As(err, &uncompared) {
		if problems, found := errors.AsType[*workspace.Problems](err); found {
			terminal.Problems(o.ErrOut, problems.List, problems.Rest)
		}
		terminal.Error(o.ErrOut, hint.Prefix(uncompared.Unwrap(), "nothing was compared: "))
		return verdict.ErrIncomplete
	}
	if err != nil {
		return err
	}
	if err := o.print(result); err != nil {
		return err
	}
	fails := func(c changes.Change) bool { return c.Severity.AtLeast(changes.Severity(o.failOn)) }
	if o.failOn != "" && slices.ContainsFunc(result.Changes, fails) {
		return errDiffers
	}
	return nil
}

func (o *reviewOptions) print(result review.Result) error {
	text, err := "", error(nil)
	switch o.output {
	case "text":
		return report.Review(o.Out, result.Text())
	case "markdown":
		text = result.Markdown(o.maxBytes)
	case "json":
		text, err = result.JSON()
	case "yaml":
		return report.Data(o.Out, o.output, result.Document())
	}
	if err == nil {
		_, err = io.WriteString(o.Out, text)
	}
	return err
}

package cli

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/internal/initial"
	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
)

type initOptions struct {
	System
	kubeconfigFlags
	filename string
	contexts []string
	name     string
	force    bool
}

func newInit(system System, runF func(*initOptions) error) *cobra.Command {
	o := &initOptions{System: system}
	cmd := &cobra.Command{
		Use:   "init [--context CONTEXT]...",
		Short: "Write a first mesh.yaml from kubeconfig contexts, offline",
		Long: `Write a first mesh.yaml from kubeconfig contexts, offline: all of them, or those that are
named; those that are named are added to a mesh.yaml that exists. The address and the certificate
authority of each API server are copied in; credentials are not. Contexts that gcloud, aws and kind have written tell more, and it is
filled in.

A folder credentials is made beside it, which git ignores, and .gitleaks.toml, with which gitleaks
looks for the credentials of a mesh too.`,
		Example: `  kubectl mesh init
  kubectl mesh init --context kind-east --context kind-west --name shop`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if runF != nil {
				return runF(o)
			}
			if err := o.Complete(); err != nil {
				return err
			}
			return o.Run(cmd.Context())
		},
	}
	o.kubeconfigFlags.add(cmd)
	flags := cmd.Flags()
	flags.StringVarP(&o.filename, "filename", "f", "mesh.yaml", "the file to write; - writes to stdout")
	flags.StringArrayVar(&o.contexts, "context", nil, "a kubeconfig context; may be given several times")
	flags.StringVar(&o.name, "name", "", "the name of the mesh; default: the name of the folder")
	flags.BoolVar(&o.force, "force", false, "replace a file that exists")
	_ = cmd.RegisterFlagCompletionFunc("context", o.completeContexts)
	return cmd
}

// Complete names the mesh after the folder of the file.
func (o *initOptions) Complete() error {
	if o.name != "" {
		return nil
	}
	folder := "."
	if o.filename != "-" {
		folder = filepath.Dir(o.filename)
	}
	folder, err := filepath.Abs(folder)
	if err != nil {
		return fmt.Errorf("find the name of the folder: %w", err)
	}
	o.name = kubeconfig.Label(filepath.Base(folder))
	return nil
}

func (o *initOptions) Run(ctx context.Context) error {
	made, err := initial.Make(initial.Input{Name: o.name, Kubeconfig: o.file, Contexts: o.contexts, File: o.filename, Tell: o.tell()})
	if err != nil {
		return err
	}
	if o.filename == "-" {
		_, err := o.Out.Write(made.Text)
		return err
	}
	made, err = initial.Write(ctx, o.source(o.filename).Writing("init"), made, o.force)
	if err != nil {
		return err
	}
	fmt.Fprintf(o.ErrOut, "wrote %s with %s\n", o.filename, terminal.Count(made.Clusters, "cluster"))
	terminal.Problems(o.ErrOut, made.Problems, workspace.ListAll(o.filename))
	terminal.Hint(o.ErrOut, "read it through, then: kubectl mesh validate"+workspace.FilenameFlag(o.filename))
	return nil
}

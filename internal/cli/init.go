package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/internal/initial"
	"github.com/kubectl-mesh/kubectl-mesh/internal/status"
	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
)

type initOptions struct {
	System
	kubeconfigFlags
	filename string
	contexts []string
	name     string
	force    bool

	allowNonExpiring bool
}

func newInit(system System, runF func(*initOptions) error) *cobra.Command {
	o := &initOptions{System: system}
	cmd := &cobra.Command{
		Use:   "init [--context CONTEXT]...",
		Short: "Write mesh.yaml from kubeconfig contexts, offline",
		Long: `Write mesh.yaml from kubeconfig contexts, offline: from all of them, or from the ones specified with
--context, which are added to an existing mesh.yaml. The address and CA of each API server are copied;
credentials are not. More facts are filled in for contexts that gcloud, aws or kind created.

Tokens in token Secrets never expire. A mesh whose readers use them is rejected until
spec.reader.allowNonExpiring allows it; --allow-non-expiring sets that field.

The directory credentials, which Git ignores, and .gitleaks.toml, with rules for mesh credentials, are
created next to mesh.yaml.`,
		Example: `  kubectl mesh init
  kubectl mesh init --context kind-east --context kind-west --name shop`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return start(cmd.Context(), o, runF) },
	}
	o.kubeconfigFlags.add(cmd)
	flags := cmd.Flags()
	flags.StringVarP(&o.filename, "filename", "f", "mesh.yaml", "file to write; - writes to stdout")
	flags.StringArrayVar(&o.contexts, "context", nil, "kubeconfig context to add; can be repeated (default: all)")
	flags.StringVar(&o.name, "name", "", "name of the mesh (default: name of the directory)")
	flags.BoolVar(&o.allowNonExpiring, "allow-non-expiring", false, "allow reader tokens that never expire; without them "+
		"each reader requires a client certificate or federation")
	flags.BoolVar(&o.force, "force", false, "replace an existing file")
	_ = cmd.RegisterFlagCompletionFunc("context", o.completeContexts)
	return cmd
}

// Validate accepts any value: names are validated with the mesh.
func (o *initOptions) Validate() error { return nil }

func (o *initOptions) Run(ctx context.Context) error {
	made, err := initial.Make(initial.Input{Name: o.name, Kubeconfig: o.file, Contexts: o.contexts,
		AllowNonExpiring: o.allowNonExpiring, File: o.filename, Log: o.log()})
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
	result := "wrote %s with %s\n"
	if made.Unchanged {
		result = "%s is unchanged: it has %s\n"
	}
	fmt.Fprintf(o.ErrOut, result, o.filename, terminal.Count(made.Clusters, "cluster"))
	terminal.Problems(o.ErrOut, made.Problems, workspace.ListAll(o.filename))
	flags := newLiveFlags(o.System)
	flags.kubeconfigFlags = o.kubeconfigFlags
	return o.next(ctx, nil, o.filename, flags, status.Known{})
}

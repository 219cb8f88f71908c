package cli

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/internal/authority"
	"github.com/kubectl-mesh/kubectl-mesh/internal/status"
	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
)

// caOptions are shared by all commands under ca.
type caOptions struct {
	System
	filename     string
	passphraseFD int
}

func newCA(system System) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "ca COMMAND",
		Short: "Create, sign, import and rotate the mesh's certificates, offline",
		Example: `  kubectl mesh ca init
  kubectl mesh ca issue --all
  kubectl mesh ca status`,
		Long: `Manage the mesh's certificates, offline: a root and, for each cluster, an intermediate certificate that
istiod uses to sign workload certificates. Certificates are stored in trust/ and committed; keys are
stored in credentials/ and never committed. Secret cacerts is rendered from both.

To keep a cluster's key at its site, run ca request there and ca sign where the root key is.`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newCAInit(system, nil), newCAIssue(system, nil), newCARequest(system, nil), newCASign(system, nil),
		newCAImport(system, nil), newCATrust(system, nil), newCAStatus(system, nil), newCARotate(system, nil))
	for _, sub := range cmd.Commands() {
		sub.DisableFlagsInUseLine = true
	}
	return cmd
}

func (o *caOptions) add(cmd *cobra.Command) {
	addFilename(cmd, &o.filename)
}

// addPassphrase is for commands that need the root key.
func (o *caOptions) addPassphrase(cmd *cobra.Command) {
	cmd.Flags().IntVar(&o.passphraseFD, "passphrase-fd", -1,
		"read the root key's passphrase from the first line of this file descriptor instead of asking")
}

// with opens the mesh's certificates; a named command writes.
func (o *caOptions) with(ctx context.Context, command string, work func(*authority.Authority) error) error {
	source := o.source(o.filename)
	if command != "" {
		source = source.Writing(command)
	}
	ws, problems, err := workspace.Read(ctx, source)
	if err != nil {
		return err
	}
	defer ws.Close()
	if ws.Doc.Mesh == nil {
		return workspace.Stopped(ws.Name, problems, o.filename)
	}
	a, err := authority.Open(authority.Input{Workspace: ws, Now: time.Now(), Passphrase: o.passphrase, Log: o.log()})
	if err != nil {
		return err
	}
	return work(a)
}

// advance runs work and then prints the next step.
func (o *caOptions) advance(ctx context.Context, command string, work func(*authority.Authority) error) error {
	return o.next(ctx, o.with(ctx, command, work), o.filename, newLiveFlags(o.System), status.Known{})
}

// passphrase prompts at the terminal, or reads the file descriptor of the flag.
func (o *caOptions) passphrase(what string, again bool) ([]byte, error) {
	if o.passphraseFD >= 0 {
		return terminal.ReadPassphrase(o.interrupt.context(), o.In, o.passphraseFD)
	}
	return o.prompt().Passphrase(o.interrupt.context(), what, again)
}

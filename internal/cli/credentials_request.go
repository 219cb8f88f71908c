package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/internal/reader"
	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

type credentialsRequestOptions struct {
	System
	ownFlags
	filename, from, to, out string
}

func newCredentialsRequest(system System, runF func(*credentialsRequestOptions) error) *cobra.Command {
	o := &credentialsRequestOptions{System: system}
	cmd := &cobra.Command{
		Use:     "request --from READER --to CLUSTER | --pending",
		Short:   "Create a reader's key and request its certificate",
		Example: `  kubectl mesh credentials request --from west --to east`,
		Long: `Create the key that a control plane uses to read another cluster, and write a request for its
certificate, READER-CLUSTER.csr. The key is created in credentials/ and stays there; the request is
public. Send its fingerprint to the approver over another channel. --pending requests every missing
client certificate of this site's clusters.`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return start(cmd.Context(), o, runF) },
	}
	addFilename(cmd, &o.filename)
	cmd.Flags().StringVar(&o.from, "from", "", "consumer: cluster whose control plane uses the certificate")
	cmd.Flags().StringVar(&o.to, "to", "", "target: cluster that signs the certificate")
	cmd.Flags().StringVar(&o.out, "out", "", "file for the request (default: READER-CLUSTER.csr next to mesh.yaml)")
	o.addOwn(cmd)
	for _, name := range []string{"from", "to"} {
		_ = cmd.RegisterFlagCompletionFunc(name, completeClusters(&o.filename))
	}
	return cmd
}

func (o *credentialsRequestOptions) Validate() error {
	if !o.pending && (o.from == "" || o.to == "") {
		return verdict.Inputf("specify --from READER --to CLUSTER", "consumer and target are required")
	}
	return o.check(o.from, o.to, o.out)
}

func (o *credentialsRequestOptions) Run(ctx context.Context) error {
	// Facts of the other cluster may be missing here: a request needs none.
	ws, err := workspace.OpenUnchecked(ctx, o.source(o.filename).Writing("credentials request"))
	if err != nil {
		return err
	}
	defer ws.Close()
	if o.pending {
		return o.request(o.System, ws, func(isHere func(string) bool) ([]workspace.Pending, error) {
			return reader.RequestPending(ctx, reader.RequestPendingInput{Workspace: ws, IsHere: isHere, Log: o.log()})
		})
	}
	pair, err := ws.ClientPair(o.from, o.to)
	if err != nil {
		return err
	}
	file, fingerprint, err := reader.Request(ctx, reader.RequestInput{Workspace: ws, Pair: pair, Out: o.out, Log: o.log()})
	if err != nil {
		return err
	}
	fmt.Fprintf(o.ErrOut, "wrote %s\n", file)
	if _, err := fmt.Fprintln(o.Out, fingerprint); err != nil {
		return err
	}
	terminal.Hint(o.ErrOut, "send the request to the site of "+o.to+", and the fingerprint over another channel: "+
		"kubectl mesh credentials approve "+shell.Name(file)+" --from "+o.from+" --cluster "+o.to+
		" --fingerprint "+fingerprint)
	return nil
}

package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/internal/live"
	"github.com/kubectl-mesh/kubectl-mesh/internal/reader"
	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
)

type credentialsApproveOptions struct {
	System
	liveFlags
	pendingFlags
	filename, from, cluster, file, fingerprint string
	life                                       time.Duration
}

func newCredentialsApprove(system System, runF func(*credentialsApproveOptions) error) *cobra.Command {
	o := &credentialsApproveOptions{System: system, liveFlags: newLiveFlags(system)}
	cmd := &cobra.Command{
		Use:     "approve REQUEST.csr --from READER --cluster CLUSTER | --pending",
		Short:   "Have a cluster sign a reader's certificate request",
		Example: `  kubectl mesh credentials approve west-east.csr --from west --cluster east`,
		Long: `Have a cluster sign a reader's request as a Kubernetes client certificate
(kubernetes.io/kube-apiserver-client), and write the certificate, which is public, to
credentials/CLUSTER/READER/. Copy it to the same path at the site that has the key.

Requests for any other user or group are rejected, because an API server trusts every name and group in
a client certificate. Compare the fingerprint over another channel: at a terminal the command prompts
for confirmation; a script passes --fingerprint. --pending lists all requests next to mesh.yaml that have
no certificate yet, with identities and fingerprints, and after one confirmation approves those for
clusters that are reachable from here. A client certificate cannot be revoked; deleting its bindings
removes its permissions.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 && !o.pending {
				return verdict.Inputf("specify the request file", "requires one request file")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			o.file = strings.Join(args, " ")
			return start(cmd.Context(), o, runF)
		},
	}
	addFilename(cmd, &o.filename)
	markInterruptible(cmd)
	o.liveFlags.add(cmd)
	o.addPending(cmd)
	cmd.Flags().StringVar(&o.from, "from", "", "consumer: cluster whose control plane uses the certificate")
	cmd.Flags().StringVar(&o.cluster, "cluster", "", "target: cluster that signs the certificate")
	cmd.Flags().StringVar(&o.fingerprint, "fingerprint", "", "expected fingerprint of the request")
	cmd.Flags().DurationVar(&o.life, "lifetime", presetDuration, "validity of the certificate")
	for _, name := range []string{"from", "cluster"} {
		_ = cmd.RegisterFlagCompletionFunc(name, completeClusters(&o.filename))
	}
	return cmd
}

func (o *credentialsApproveOptions) Validate() error {
	var errs verdict.Usage
	errs = append(errs, o.check(o.file, o.from, o.fingerprint))
	errs.Refuse(!o.pending && (o.from == "" || o.cluster == ""),
		"specify --from READER --cluster CLUSTER", "consumer and target are required")
	return errors.Join(append(errs, checkSignedLife(o.life), o.liveFlags.validate())...)
}

func (o *credentialsApproveOptions) Run(ctx context.Context) error {
	ws, problems, err := workspace.Open(ctx, o.source(o.filename).Named("credentials approve"))
	if err != nil {
		return err
	}
	defer ws.Close()
	terminal.Counted(o.ErrOut, problems, workspace.Validate(o.filename))
	if o.pending {
		return reader.ApprovePending(ctx, reader.ApprovePendingInput{Workspace: ws, Target: o.cluster, Validity: o.life, Log: o.log(),
			Clusters: func() (*live.Clusters, error) { return o.clusters(ws, o.cluster) }, Confirm: o.confirm(ctx, o.System)})
	}
	pair, err := ws.ClientPair(o.from, o.cluster)
	if err != nil {
		return err
	}
	request, err := o.readFile(o.file, "specify the file that kubectl mesh credentials request wrote")
	if err != nil {
		return err
	}
	file, err := reader.Approve(ctx, reader.ApproveInput{Workspace: ws, Pair: pair, Request: request, Validity: o.life,
		Clusters: func() (*live.Clusters, error) { return o.clusters(ws, o.cluster) },
		Compare: func(fingerprint string) error {
			return o.prompt().CompareFingerprint(ctx, o.fingerprint, fingerprint, o.from)
		},
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(o.ErrOut, "wrote %s\n", file)
	terminal.Hint(o.ErrOut, "copy it to the site that has the key of "+o.from+", at the same path, "+
		"and apply "+o.from+": kubectl mesh render --apply")
	return nil
}

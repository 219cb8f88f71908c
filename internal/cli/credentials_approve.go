package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/internal/output"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apply"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

type credentialsApproveOptions struct {
	System
	liveFlags
	filename, from, cluster, file, fingerprint string
	life                                       time.Duration
}

func newCredentialsApprove(system System, runF func(*credentialsApproveOptions) error) *cobra.Command {
	o := &credentialsApproveOptions{System: system, liveFlags: newLiveFlags(system)}
	cmd := &cobra.Command{
		Use:   "approve REQUEST.csr --from READER --cluster CLUSTER",
		Short: "Have a cluster sign the request of a reader",
		Long: `Have a cluster sign the request of a reader, as Kubernetes signs client certificates
(kubernetes.io/kube-apiserver-client), and write the certificate, which is public, to
credentials/CLUSTER/READER/client.crt. Carry it to where the key is: the same path there.

A request for anybody else than that reader is refused: an API server takes every name and group in
a certificate for granted. Compare the fingerprint over another channel: at a terminal the command
asks, a script gives it. A certificate cannot be called back; what ends it is its bindings.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return inputErrorf("name its file", "name one request")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			o.file = args[0]
			if runF != nil {
				return runF(o)
			}
			if err := o.Validate(); err != nil {
				return err
			}
			return o.Run(cmd.Context())
		},
	}
	addFilename(cmd, &o.filename)
	markInterruptible(cmd)
	o.liveFlags.add(cmd)
	cmd.Flags().StringVar(&o.from, "from", "", "the cluster whose control plane reads")
	cmd.Flags().StringVar(&o.cluster, "cluster", "", "the cluster that is read, and signs")
	cmd.Flags().StringVar(&o.fingerprint, "fingerprint", "", "the fingerprint that the request must have")
	cmd.Flags().DurationVar(&o.life, "lifetime", 90*24*time.Hour, "how long the certificate is to live")
	for _, name := range []string{"from", "cluster"} {
		_ = cmd.RegisterFlagCompletionFunc(name, completeClusters(&o.filename))
	}
	return cmd
}

func (o *credentialsApproveOptions) Validate() error {
	var errs []error
	if o.from == "" || o.cluster == "" {
		errs = append(errs, inputErrorf("write --from READER --cluster CLUSTER", "name both clusters"))
	}
	if o.life < 10*time.Minute || o.life > 10*365*24*time.Hour {
		errs = append(errs, inputErrorf("write it as in 2160h", "--lifetime %s is not between ten minutes and ten years", o.life))
	}
	return errors.Join(append(errs, o.liveFlags.validate())...)
}

func (o *credentialsApproveOptions) Run(ctx context.Context) error {
	ws, problems, err := openWorkspace(o.filename, o.In)
	if err != nil {
		return err
	}
	defer ws.close()
	sayProblems(o.ErrOut, problems, listAll(o.filename))
	reading, err := ws.clientReading(o.from, o.cluster)
	if err != nil {
		return err
	}
	request, err := readLimited(o.file)
	if err != nil {
		return err
	}
	fingerprint, err := kubeconfig.CheckClientRequest(request, render.ReaderUser(o.from))
	if err != nil {
		return inputError{err}
	}
	if err := o.compareFingerprint(o.fingerprint, fingerprint, o.from); err != nil {
		return err
	}
	certificate, err := o.sign(ctx, ws, reading, request, fingerprint)
	if err != nil {
		return err
	}
	file := ws.path(reading.ClientCertificateFile())
	if err := output.EnsureIgnored(ws.path(credentialsFolder)); err != nil {
		return err
	}
	if err := output.WriteFile(file, certificate, output.FileOptions{Mode: 0o600, Force: true}); err != nil {
		return err
	}
	fmt.Fprintf(o.ErrOut, "wrote %s\n%scarry it to where the key of %s is, the same path there, and apply %[3]s: kubectl mesh render --apply\n", file, hintMark, o.from)
	return nil
}

// sign asks the cluster that is meant, and no other.
func (o *credentialsApproveOptions) sign(ctx context.Context, ws *workspace, reading render.Reading, request []byte, fingerprint string) ([]byte, error) {
	if err := o.complete(); err != nil {
		return nil, err
	}
	target, _ := ws.graph.Cluster(reading.Target)
	config, err := o.config(target)
	if err != nil {
		return nil, err
	}
	client, err := cluster.Open(config)
	if err != nil {
		return nil, err
	}
	uid, err := client.UID(ctx)
	if err != nil {
		return nil, o.explain(err, o.contextOf(target))
	}
	if target.UID != "" && uid != target.UID || target.UID == "" && !o.provenByServer(ws.graph, target, o.contextOf(target)) {
		return nil, inputErrorf("correct the context of "+target.Name+", or record its UID: kubectl mesh collect --cluster "+target.Name,
			"context %q has not proved to lead to %s", o.contextOf(target), target.Name)
	}
	// The name follows the key: the same request is not signed twice.
	name := "mesh-" + reading.Consumer + "-" + reading.Target + "-" + strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(fingerprint, "SHA256:"), ":", ""))[:12]
	certificate, err := apply.SignClient(ctx, config, name, request, render.Labels(ws.doc.Mesh.Metadata.Name), o.life)
	if errors.Is(err, apply.ErrNotApproved) {
		return nil, withHint(err, "have it approved: "+o.kubectl(o.contextOf(target))+" certificate approve "+name)
	}
	if err != nil {
		return nil, o.explain(err, o.contextOf(target))
	}
	return certificate, nil
}

package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"k8s.io/client-go/rest"

	"github.com/kubectl-mesh/kubectl-mesh/internal/output"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
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
credentials/CLUSTER/READER/. Carry it to where the key is: the same path there.

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
	target, _ := ws.graph.Cluster(reading.Target)
	generation := render.Generation(target, reading.Consumer)
	fingerprint, err := kubeconfig.CheckClientRequest(request, render.ReaderUser(o.from, generation))
	if err != nil {
		return inputError{err}
	}
	if err := o.compareFingerprint(o.fingerprint, fingerprint, o.from); err != nil {
		return err
	}
	if err := o.complete(); err != nil {
		return err
	}
	config, err := o.proven(ctx, ws, target)
	if err != nil {
		return err
	}
	certificate, err := o.sign(ctx, ws, reading, signing{config, request, fingerprint, o.life})
	if err != nil {
		return err
	}
	file := ws.path(reading.ClientCertificateFile(generation))
	if err := output.EnsureIgnored(ws.path(credentialsFolder)); err != nil {
		return err
	}
	if err := output.WriteFile(file, certificate, output.FileOptions{Mode: 0o600, Force: true}); err != nil {
		return err
	}
	fmt.Fprintf(o.ErrOut, "wrote %s\n%scarry it to where the key of %s is, the same path there, and apply %[3]s: kubectl mesh render --apply\n", file, hintMark, o.from)
	return nil
}

// proven is the way to a cluster whose context has proved to lead there.
func (f *liveFlags) proven(ctx context.Context, ws *workspace, target *v1alpha1.Cluster) (*rest.Config, error) {
	config, err := f.config(target)
	if err != nil {
		return nil, err
	}
	client, err := cluster.Open(config)
	if err != nil {
		return nil, err
	}
	uid, err := client.UID(ctx)
	if err != nil {
		return nil, f.explain(err, f.contextOf(target))
	}
	if target.UID != "" && uid != target.UID || target.UID == "" && !f.provenByServer(ws.graph, target, f.contextOf(target)) {
		return nil, inputErrorf("correct the context of "+target.Name+", or record its UID: kubectl mesh collect --cluster "+target.Name,
			"context %q has not proved to lead to %s", f.contextOf(target), target.Name)
	}
	return config, nil
}

// signing is a request that is to be signed.
type signing struct {
	config      *rest.Config
	request     []byte
	fingerprint string
	life        time.Duration
}

// sign has the cluster sign. The name follows the key and the life that is asked for: the same is
// not signed twice, and another life is another certificate.
func (f *liveFlags) sign(ctx context.Context, ws *workspace, reading render.Reading, s signing) ([]byte, error) {
	target, _ := ws.graph.Cluster(reading.Target)
	digits := strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(s.fingerprint, "SHA256:"), ":", ""))
	name := fmt.Sprintf("mesh-%s-%s-%s-%ds", reading.Consumer, reading.Target, digits[:12], s.life/time.Second)
	certificate, err := apply.SignClient(ctx, s.config, name, s.request, render.Labels(ws.doc.Mesh.Metadata.Name), s.life)
	if errors.Is(err, apply.ErrNotApproved) {
		return nil, withHint(err, "have it approved: "+f.kubectl(f.contextOf(target))+" certificate approve "+name)
	}
	if err != nil {
		return nil, f.explain(err, f.contextOf(target))
	}
	return certificate, nil
}

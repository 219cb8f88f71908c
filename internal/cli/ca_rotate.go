package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

type caRotateOptions struct {
	caOptions
	liveFlags
	cluster   string
	all       bool
	root      bool
	abort     bool
	insecure  bool
	offline   bool
	outputDir string
	keyType   string
	life      time.Duration
}

func newCARotate(system System, runF func(*caRotateOptions) error) *cobra.Command {
	o := &caRotateOptions{caOptions: caOptions{System: system}, liveFlags: newLiveFlags(system)}
	cmd := &cobra.Command{
		Use:   "rotate --cluster NAME | --all | --root [--abort]",
		Short: "Change a certificate, or the root, without an interruption",
		Long: `Change the certificate of a cluster: a new key, the next generation, the same root. istiod takes it
up without a restart.

Change the root, in three phases, each a run of --root and each a small change in trust/:
  trust   the new root is trusted beside the old one
  sign    every cluster gets a certificate under the new root
  drop    the old root is trusted no more
Render and apply after each phase. The next one is refused until the rendered tree shows the one
before, and every cluster that can be reached too: a cluster that is behind would be cut off. While
it goes on, the Helm values of istiod carry ISTIO_MULTIROOT_MESH. Before the last phase wait until
every workload has a certificate under the new root: they live for a day unless you say otherwise.
--abort goes one phase back.`,
		Example: `  kubectl mesh ca rotate --cluster east
  kubectl mesh ca rotate --root && kubectl mesh render --output-dir deploy && kubectl mesh render --apply`,
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
	o.caOptions.add(cmd)
	o.liveFlags.add(cmd)
	o.addPassphrase(cmd)
	markInterruptible(cmd)
	addMembers(cmd, &o.cluster, &o.all, &o.filename)
	addKeyType(cmd, &o.keyType)
	addInsecure(cmd, &o.insecure)
	addLife(cmd, &o.life)
	flags := cmd.Flags()
	flags.BoolVar(&o.root, "root", false, "the next phase of changing the root")
	flags.BoolVar(&o.abort, "abort", false, "with --root: one phase back")
	flags.BoolVar(&o.offline, "offline", false, "with --root: ask no cluster, go by the rendered tree alone")
	flags.StringVar(&o.outputDir, "output-dir", "deploy", "with --root: the rendered tree")
	_ = cmd.MarkFlagDirname("output-dir")
	return cmd
}

func (o *caRotateOptions) Validate() error {
	errs := []error{checkKeyType(o.keyType), checkLife(o.life), o.liveFlags.validate()}
	if o.root == (o.cluster != "" || o.all) {
		errs = append(errs, inputErrorf("write --cluster NAME, --all or --root", "say what is to be rotated: one of them"))
	} else if !o.root {
		errs = append(errs, checkMembers(o.cluster, o.all))
	}
	if o.abort && !o.root {
		errs = append(errs, inputErrorf("the certificate of a cluster is changed in one step", "--abort needs --root"))
	}
	return errors.Join(errs...)
}

func (o *caRotateOptions) Run(ctx context.Context) error {
	a, err := o.open()
	if err != nil {
		return err
	}
	defer a.close()
	if !o.root {
		clusters, err := a.members(o.cluster, o.all)
		if err != nil {
			return err
		}
		signer, rootText, err := a.signer()
		if err != nil {
			return err
		}
		return o.reissue(a, signer, rootText, clusters)
	}
	text, _, err := a.roots()
	if err != nil {
		return err
	}
	rotation, err := a.rotation(text)
	if err != nil {
		return err
	}
	step := rootStep{caRotateOptions: o, a: a, text: text, rotation: rotation}
	if o.abort {
		return step.back(ctx)
	}
	return step.forward(ctx)
}

// reissue gives clusters new certificates: with a new key where the key is here, else over the
// public key of the certificate that they have. A request in trust/ is not looked at: ca sign alone
// has its fingerprint compared.
func (o *caRotateOptions) reissue(a *authority, signer trust.Authority, rootText []byte, clusters []*v1alpha1.Cluster) error {
	for _, cluster := range clusters {
		bundle, ok, err := a.readBundle(cluster.Name)
		if err != nil {
			return quotePath(err)
		}
		elsewhere, err := a.keyElsewhere(cluster.Name)
		switch {
		case err != nil:
			return quotePath(err)
		case !elsewhere:
			err = a.issue(signer, rootText, cluster, trust.KeyType(o.keyType), o.life)
		case ok:
			err = a.renew(signer, rootText, cluster, bundle, o.life)
		default:
			err = withHint(fmt.Errorf("%s has no certificate, and its key is elsewhere", cluster.Name),
				"kubectl mesh ca request, where the cluster is; then here: kubectl mesh ca sign --cluster "+shell.Quote(cluster.Name)+a.filenameFlag())
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// keyElsewhere tells whether the key of a cluster is not for this workspace to make.
func (a *authority) keyElsewhere(cluster string) (bool, error) {
	if a.doc.Mesh.Spec.Trust.CA.Keys == v1alpha1.CAKeysCluster {
		return true, nil
	}
	if _, err := a.root.Lstat(signingKeyFile(cluster)); err == nil {
		return false, nil
	}
	request, err := a.readOptional(requestFile(cluster))
	return request != nil, err
}

// renew signs the same public key again: the private one stays where it is.
func (a *authority) renew(signer trust.Authority, rootText []byte, cluster *v1alpha1.Cluster, bundle trust.Bundle, life time.Duration) error {
	if err := bundle.CheckOnce(); err != nil {
		return fmt.Errorf("renew the certificate of %s: %w", cluster.Name, err)
	}
	signing, err := bundle.Certificate()
	if err != nil {
		return err
	}
	what, err := a.intermediate(cluster, life)
	if err != nil {
		return err
	}
	certificate, err := signer.Issue(signing.PublicKey, what, a.now)
	if err != nil {
		return err
	}
	if err := a.keepBundle(cluster.Name, trust.NewBundle(certificate, nil, rootText, trust.Key{})); err != nil {
		return err
	}
	a.sayIssued(cluster.Name, certificate)
	return nil
}

// sayNext says how a phase comes to the clusters.
func (s rootStep) sayNext(then string) {
	fmt.Fprintln(s.ErrOut, hintMark+"commit "+shell.Quote(s.a.path(trustFolder))+", render and apply: "+s.renderCommand()+
		" && kubectl mesh render --apply"+s.a.filenameFlag()+"; "+then)
}

// renderCommand brings the tree up to date.
func (s rootStep) renderCommand() string {
	return "kubectl mesh render --output-dir " + shell.Quote(s.outputDir) + s.a.filenameFlag()
}

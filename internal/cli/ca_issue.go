package cli

import (
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

type caIssueOptions struct {
	caOptions
	cluster string
	all     bool
	keyType string
	life    time.Duration
}

func newCAIssue(system System, runF func(*caIssueOptions) error) *cobra.Command {
	o := &caIssueOptions{caOptions: caOptions{System: system}}
	cmd := &cobra.Command{
		Use:   "issue --cluster NAME | --all",
		Short: "Make the key and the certificate of a cluster",
		Long: `Make the key of a cluster in credentials/ and, with the root key of this workspace, its
certificate in trust/: an intermediate for a year, for the trust domain of the cluster. With --all
every cluster that has none gets one. One that is there is not replaced: ca rotate does that.`,
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			if runF != nil {
				return runF(o)
			}
			if err := o.Validate(); err != nil {
				return err
			}
			return o.Run()
		},
	}
	o.add(cmd)
	o.addPassphrase(cmd)
	addMembers(cmd, &o.cluster, &o.all, &o.filename)
	addKeyType(cmd, &o.keyType)
	addLife(cmd, &o.life)
	return cmd
}

func addMembers(cmd *cobra.Command, cluster *string, all *bool, filename *string) {
	cmd.Flags().StringVar(cluster, "cluster", "", "the cluster")
	cmd.Flags().BoolVar(all, "all", false, "all clusters with a control plane of their own")
	_ = cmd.RegisterFlagCompletionFunc("cluster", completeClusters(filename))
}

func addLife(cmd *cobra.Command, life *time.Duration) {
	cmd.Flags().DurationVar(life, "lifetime", trust.IntermediateLife, "how long the certificate lives, at most as long as the root")
}

// checkMembers: one cluster or all of them.
func checkMembers(cluster string, all bool) error {
	if (cluster == "") == !all {
		return inputErrorf("write --cluster NAME or --all", "name one cluster, or ask for all")
	}
	return nil
}

func checkLife(life time.Duration) error {
	if life < time.Hour {
		return inputErrorf("write it as in 8760h", "--lifetime %s is shorter than an hour", life)
	}
	return nil
}

func (o *caIssueOptions) Validate() error {
	return errors.Join(checkMembers(o.cluster, o.all), checkKeyType(o.keyType), checkLife(o.life))
}

func (o *caIssueOptions) Run() error {
	a, err := o.open()
	if err != nil {
		return err
	}
	defer a.close()
	clusters, err := a.members(o.cluster, o.all)
	if err != nil {
		return err
	}
	if clusters, err = a.withoutCertificate(clusters, o.all); err != nil {
		return err
	}
	if len(clusters) == 0 {
		fmt.Fprintln(o.ErrOut, "every cluster has its certificate already")
		return nil
	}
	signer, rootText, err := a.signer()
	if err != nil {
		return err
	}
	for _, cluster := range clusters {
		if err := a.issue(signer, rootText, cluster, trust.KeyType(o.keyType), o.life); err != nil {
			return err
		}
	}
	return nil
}

// withoutCertificate leaves out clusters that have one; naming such a one is an error.
func (a *authority) withoutCertificate(clusters []*v1alpha1.Cluster, all bool) ([]*v1alpha1.Cluster, error) {
	var without []*v1alpha1.Cluster
	for _, cluster := range clusters {
		_, ok, err := a.readBundle(cluster.Name)
		if err != nil {
			return nil, quotePath(err)
		}
		request, err := a.readOptional(requestFile(cluster.Name))
		if err != nil {
			return nil, quotePath(err)
		}
		switch {
		case !ok && request == nil:
			without = append(without, cluster)
		case ok && !all:
			return nil, withHint(fmt.Errorf("%s has a certificate already", cluster.Name),
				"for a new one: kubectl mesh ca rotate --cluster "+shell.Quote(cluster.Name)+a.filenameFlag())
		case !ok && !all:
			return nil, withHint(fmt.Errorf("%s has asked for its certificate: its key is elsewhere", cluster.Name),
				"kubectl mesh ca sign --cluster "+shell.Quote(cluster.Name)+a.filenameFlag())
		case !ok:
			fmt.Fprintf(a.ErrOut, "%s: it has asked for its certificate; sign it: kubectl mesh ca sign --cluster %s%s\n", cluster.Name,
				shell.Quote(cluster.Name), a.filenameFlag())
		}
	}
	return without, nil
}

// signer is the root under which certificates are issued now, with its key; and all roots as text.
func (a *authority) signer() (trust.Authority, []byte, error) {
	text, roots, err := a.roots()
	if err != nil {
		return trust.Authority{}, nil, err
	}
	rotation, err := a.rotation(text)
	if err != nil {
		return trust.Authority{}, nil, err
	}
	root, where := roots[0], currentRootKey
	if rotation.Phase == trust.PhaseSign {
		root, where = rotation.New, nextRootKey
	}
	signer, err := a.authorityOf(root, where)
	return signer, text, err
}

func (a *authority) authorityOf(root *x509.Certificate, where rootKey) (trust.Authority, error) {
	key, err := a.readRootKey(where)
	return trust.Authority{Certificate: root, Key: key}, err
}

// issue makes a key and a certificate for it.
func (a *authority) issue(signer trust.Authority, rootText []byte, cluster *v1alpha1.Cluster, kind trust.KeyType, life time.Duration) error {
	what, err := a.intermediate(cluster, life)
	if err != nil {
		return err
	}
	key, err := trust.NewKey(kind)
	if err != nil {
		return err
	}
	certificate, err := signer.Issue(key.Public(), what, a.now)
	if err != nil {
		return err
	}
	if err := a.keepBundle(cluster.Name, trust.NewBundle(certificate, nil, rootText, key)); err != nil {
		return err
	}
	a.sayIssued(cluster.Name, certificate)
	return nil
}

// rotation is how far a change of the root has come.
func (a *authority) rotation(rootText []byte) (trust.Rotation, error) {
	bundles := map[string]trust.Bundle{}
	for cluster := range a.graph.Clusters() {
		bundle, ok, err := a.readBundle(cluster.Name)
		if err != nil {
			return trust.Rotation{}, quotePath(err)
		}
		if _, broken := trust.ParseCertificates(bundle.Chain); ok && broken == nil { // others are told elsewhere, and issued anew
			bundles[cluster.Name] = bundle
		}
	}
	return trust.ReadRotation(rootText, bundles)
}

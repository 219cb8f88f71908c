package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

type caRequestOptions struct {
	caOptions
	cluster string
	keyType string
}

func newCARequest(system System, runF func(*caRequestOptions) error) *cobra.Command {
	o := &caRequestOptions{caOptions: caOptions{System: system}}
	cmd := &cobra.Command{
		Use:   "request --cluster NAME",
		Short: "Make the key of a cluster here, and ask for its certificate",
		Long: `Make the key of a cluster in credentials/, where it stays, and write a signing request into trust/.
The request is public: it may travel in a pull request or on a stick. Read its fingerprint to whoever
signs, over another channel; that proves that nobody has changed it on the way.

Anything that signs a request can sign it: kubectl mesh ca sign, openssl, step, a cloud's authority.
Bring the answer of others in with kubectl mesh ca import. A key that is there is used again.`,
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
	addCluster(cmd, &o.cluster, &o.filename)
	addKeyType(cmd, &o.keyType)
	return cmd
}

func addCluster(cmd *cobra.Command, cluster, filename *string) {
	cmd.Flags().StringVar(cluster, "cluster", "", "the cluster")
	_ = cmd.RegisterFlagCompletionFunc("cluster", completeClusters(filename))
}

func checkClusterFlag(cluster string) error {
	if cluster == "" {
		return inputErrorf("write --cluster NAME", "name the cluster")
	}
	return nil
}

func (o *caRequestOptions) Validate() error {
	return errors.Join(checkClusterFlag(o.cluster), checkKeyType(o.keyType))
}

func (o *caRequestOptions) Run() error {
	a, err := o.open()
	if err != nil {
		return err
	}
	defer a.close()
	cluster, err := a.member(o.cluster)
	if err != nil {
		return err
	}
	key, err := a.ownKey(cluster.Name, trust.KeyType(o.keyType))
	if err != nil {
		return err
	}
	what, err := a.intermediate(cluster, 0)
	if err != nil {
		return err
	}
	request, err := trust.NewRequest(key, what)
	if err != nil {
		return err
	}
	if err := a.keepPublic(requestFile(cluster.Name), request); err != nil {
		return err
	}
	fingerprint, err := trust.KeyFingerprint(key.Public())
	if err != nil {
		return err
	}
	fmt.Fprintf(o.ErrOut, "wrote %s\n", a.path(requestFile(cluster.Name)))
	if _, err := fmt.Fprintln(o.Out, fingerprint); err != nil {
		return err
	}
	fmt.Fprintf(o.ErrOut, "%sread the fingerprint to whoever signs: kubectl mesh ca sign --cluster %s --fingerprint %s\n", hintMark,
		shell.Quote(cluster.Name), fingerprint)
	return nil
}

// ownKey is the key of a cluster in this workspace, made if there is none.
func (a *authority) ownKey(cluster string, kind trust.KeyType) (trust.Key, error) {
	if _, err := a.root.Lstat(signingKeyFile(cluster)); err == nil {
		key, err := a.readKey(signingKeyFile(cluster))
		if err != nil {
			return key, fmt.Errorf("read %s: %w", a.path(signingKeyFile(cluster)), quotePath(err))
		}
		fmt.Fprintf(a.ErrOut, "%s: its key is there already, and is used\n", cluster)
		return key, nil
	}
	key, err := trust.NewKey(kind)
	if err != nil {
		return key, err
	}
	return key, a.keepKey(signingKeyFile(cluster), key)
}

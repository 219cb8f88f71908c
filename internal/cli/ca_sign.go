package cli

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

type caSignOptions struct {
	caOptions
	cluster     string
	file        string
	fingerprint string
	life        time.Duration
}

func newCASign(system System, runF func(*caSignOptions) error) *cobra.Command {
	o := &caSignOptions{caOptions: caOptions{System: system}}
	cmd := &cobra.Command{
		Use:   "sign --cluster NAME [REQUEST.csr]",
		Short: "Sign the request of a cluster with the root key",
		Long: `Sign the request of a cluster, trust/NAME/ca.csr unless a file is named, with the root key of this
workspace. Nothing of the request is believed but its public key, and that only after it has proved
that its sender has the private one. What the certificate says is what mesh.yaml says.

Compare the fingerprint with the one that ca request has printed, over another channel: at a terminal
the command asks; a script gives it with --fingerprint.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return inputErrorf("name one request", "sign one request at a time")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 1 {
				o.file = args[0]
			}
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
	addCluster(cmd, &o.cluster, &o.filename)
	addLife(cmd, &o.life)
	cmd.Flags().StringVar(&o.fingerprint, "fingerprint", "", "the fingerprint that the request must have")
	return cmd
}

func (o *caSignOptions) Validate() error {
	return errors.Join(checkClusterFlag(o.cluster), checkLife(o.life))
}

func (o *caSignOptions) Run() error {
	a, err := o.open()
	if err != nil {
		return err
	}
	defer a.close()
	cluster, err := a.member(o.cluster)
	if err != nil {
		return err
	}
	text, err := o.request(a)
	if err != nil {
		return err
	}
	public, err := trust.ParseRequest(text)
	if err != nil {
		return inputError{err}
	}
	fingerprint, err := trust.KeyFingerprint(public)
	if err != nil {
		return err
	}
	if err := o.compareFingerprint(o.fingerprint, fingerprint, o.cluster); err != nil {
		return err
	}
	signer, rootText, err := a.signer()
	if err != nil {
		return err
	}
	what, err := a.intermediate(cluster, o.life)
	if err != nil {
		return err
	}
	certificate, err := signer.Issue(public, what, a.now)
	if err != nil {
		return err
	}
	if err := a.keepPublic(requestFile(cluster.Name), text); err != nil {
		return err
	}
	if err := a.keepBundle(cluster.Name, trust.NewBundle(certificate, nil, rootText, trust.Key{})); err != nil {
		return err
	}
	a.sayIssued(cluster.Name, certificate)
	return nil
}

// request reads the request: a file that is named, or the one in trust/.
func (o *caSignOptions) request(a *authority) ([]byte, error) {
	if o.file == "" {
		text, err := a.readFile(requestFile(o.cluster))
		if err != nil {
			return nil, withHint(quotePath(err), "make it where the cluster is: kubectl mesh ca request --cluster "+o.cluster+a.filenameFlag())
		}
		return text, nil
	}
	return readLimited(o.file)
}

// readLimited reads a file that the user names.
func readLimited(name string) ([]byte, error) {
	file, err := os.Open(filepath.Clean(name))
	if err != nil {
		return nil, inputError{quotePath(err)}
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxTrustFile+1))
	switch {
	case err != nil:
		return nil, inputError{quotePath(err)}
	case len(text) > maxTrustFile:
		return nil, inputErrorf("name another file", "%s is longer than %d bytes", name, maxTrustFile)
	}
	return text, nil
}

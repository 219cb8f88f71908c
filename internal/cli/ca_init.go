package cli

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/internal/output"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

type caInitOptions struct {
	caOptions
	keyType  string
	insecure bool
}

func newCAInit(system System, runF func(*caInitOptions) error) *cobra.Command {
	o := &caInitOptions{caOptions: caOptions{System: system}}
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Make the root of the mesh",
		Long: `Make the root of the mesh: trust/root-cert.pem, which is public and committed, and its key in
credentials/, encrypted under a passphrase as age does it (root-key.pem.age). The passphrase is
asked for at the terminal, or read from a file descriptor. A root that is there is never replaced:
kubectl mesh ca rotate --root changes it without an interruption.

The root lives for ten years and signs nothing but the intermediates of clusters. Take its key off
the machine when they are made.`,
		Example: `  kubectl mesh ca init
  kubectl mesh ca init --key-type rsa4096 --passphrase-fd 3 3<passphrase.txt`,
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
	addKeyType(cmd, &o.keyType)
	addInsecure(cmd, &o.insecure)
	return cmd
}

func addKeyType(cmd *cobra.Command, keyType *string) {
	kinds := []string{string(trust.P256), string(trust.P384), string(trust.RSA4096)}
	cmd.Flags().StringVar(keyType, "key-type", string(trust.P256), "kind of key: p256, p384, rsa4096")
	_ = cmd.RegisterFlagCompletionFunc("key-type", cobra.FixedCompletions(kinds, cobra.ShellCompDirectiveNoFileComp))
}

func addInsecure(cmd *cobra.Command, insecure *bool) {
	cmd.Flags().BoolVar(insecure, "insecure-no-passphrase", false, "write the root key in the clear")
}

func checkKeyType(keyType string) error {
	return checkWord("--key-type", keyType, string(trust.P256), string(trust.P384), string(trust.RSA4096))
}

func (o *caInitOptions) Validate() error { return checkKeyType(o.keyType) }

func (o *caInitOptions) Run() error {
	a, err := o.open()
	if err != nil {
		return err
	}
	defer a.close()
	if err := a.refuseSecondRoot(); err != nil {
		return err
	}
	key, err := trust.NewKey(trust.KeyType(o.keyType))
	if err != nil {
		return err
	}
	root, err := trust.NewRoot(a.doc.Mesh.Metadata.Name, key, 1, a.now)
	if err != nil {
		return err
	}
	// The key first: a certificate without its key would be good for nothing.
	if err := a.keepRootKey(currentRootKey, key, o.insecure); err != nil {
		return err
	}
	if err := output.WriteFile(a.path(rootCertFile()), trust.EncodeCertificates(root.Certificate), output.FileOptions{Mode: 0o644}); err != nil {
		return err
	}
	name, _ := a.hasRootKey(currentRootKey)
	fmt.Fprintf(o.ErrOut, "wrote %s: root %q until %s, SHA-256 %s\n", a.path(rootCertFile()), root.Certificate.Subject.CommonName,
		root.Certificate.NotAfter.Format(time.DateOnly), trust.Fingerprint(root.Certificate))
	fmt.Fprintf(o.ErrOut, "wrote %s: keep a copy where no network reaches it\n", a.path(name))
	fmt.Fprintln(o.ErrOut, hintMark+"commit "+a.path(trustFolder)+", then: kubectl mesh ca issue --all"+a.filenameFlag())
	return nil
}

// refuseSecondRoot: certificates of the first would be worth nothing under a second.
func (a *authority) refuseSecondRoot() error {
	text, err := a.readOptional(rootCertFile())
	if err != nil {
		return quotePath(err)
	}
	if text != nil {
		return withHint(fmt.Errorf("there is a root already: %s", a.path(rootCertFile())),
			"to change it without an interruption: kubectl mesh ca rotate --root"+a.filenameFlag())
	}
	if name, ok := a.hasRootKey(currentRootKey); ok {
		return withHint(errors.New("there is a root key already: "+a.path(name)), "restore trust/"+trust.RootCertFile+" of that key, or move the key away")
	}
	return nil
}

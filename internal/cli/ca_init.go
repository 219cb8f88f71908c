package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/internal/authority"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
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
		Short: "Create the root certificate of the mesh",
		Long: `Create the root certificate of the mesh in trust/root-cert.pem, which is public and committed, and its
key in credentials/root-key.pem.age, encrypted with a passphrase (age). The passphrase is prompted for
at a terminal, or read from a file descriptor. An existing root is never replaced; to change it without
downtime, run kubectl mesh ca rotate --root.

The root is valid for ten years and signs only the clusters' intermediate certificates. Move its key off
this machine once they are issued.`,
		Example: `  kubectl mesh ca init
  kubectl mesh ca init --key-type rsa4096 --passphrase-fd 3 3<passphrase.txt`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return start(cmd.Context(), o, runF) },
	}
	o.add(cmd)
	o.addPassphrase(cmd)
	addKeyType(cmd, &o.keyType)
	addInsecure(cmd, &o.insecure)
	return cmd
}

func addKeyType(cmd *cobra.Command, keyType *string) {
	kinds := []string{string(trust.P256), string(trust.P384), string(trust.RSA4096)}
	cmd.Flags().StringVar(keyType, "key-type", string(trust.P256), "key type: p256, p384 or rsa4096")
	completeWords(cmd, "key-type", kinds...)
}

func addInsecure(cmd *cobra.Command, insecure *bool) {
	cmd.Flags().BoolVar(insecure, "insecure-no-passphrase", false, "write the root key unencrypted")
}

func checkKeyType(keyType string) error {
	return verdict.Word("--key-type", keyType, string(trust.P256), string(trust.P384), string(trust.RSA4096))
}

func (o *caInitOptions) Validate() error { return checkKeyType(o.keyType) }

func (o *caInitOptions) Run(ctx context.Context) error {
	return o.advance(ctx, "ca init", func(a *authority.Authority) error { return a.Init(ctx, trust.KeyType(o.keyType), o.insecure) })
}

// Package sealing encrypts Secrets with a credential of a mesh for Git, in the format of sops or of SealedSecrets, and
// reads them. Ciphertext cannot be reviewed, and neither age nor Flux knows who encrypted it, so every sealed object
// has annotations that describe its content: Describe. The same function describes sealed and opened content, so that
// they can be compared.
//
// It is pure: time and randomness are arguments. It imports pkg/kubeconfig, pkg/trust, pkg/manifest, pkg/sops,
// pkg/sealedsecret and pkg/strict.
package sealing

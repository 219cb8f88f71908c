// Package sealing makes committed ciphertext of Secrets that hold a credential of a mesh, in the form
// of sops or of SealedSecrets, and reads it. Ciphertext cannot be reviewed, and neither age nor Flux
// tells who has encrypted it, so every sealed object says in annotations what is in it: Describe. The
// same function makes them of what is sealed and of what was opened, so that they can be compared.
//
// It is pure: time and chance are arguments. It imports pkg/kubeconfig, pkg/trust, pkg/manifest,
// pkg/sops, pkg/sealedsecret and pkg/strict.
package sealing

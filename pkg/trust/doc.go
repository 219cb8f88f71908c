// Package trust issues and checks the certificates of a mesh: a root, and below it an intermediate for each cluster,
// with which its istiod signs workload certificates. It rejects what istiod would reject, for istiod's reasons, and
// what is unsafe for a mesh.
//
// It uses no files, no network and no clock: certificates and keys are PEM arguments and results, and the time is an
// argument. Randomness comes from crypto/rand. A Key never prints itself; only its PEM is secret. The package imports
// pkg/pemfile, which recognizes files that are not PEM, and pkg/hint, which attaches remedies to refusals.
package trust

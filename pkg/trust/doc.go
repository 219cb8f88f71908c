// Package trust makes and checks the certificates of a mesh: a root, and under it an intermediate
// for each cluster, with which its istiod signs the certificates of workloads. It refuses what
// istiod would refuse, for istiod's reason, and what no mesh should rest on.
//
// It touches no disk, no network and no clock: certificates and keys go in and out as PEM, the
// time is an argument. Randomness is that of crypto/rand. A Key never shows itself; only its PEM
// is secret. It imports pkg/pemfile, which names what is no PEM, and pkg/hint, by which each refusal
// carries its remedy.
package trust

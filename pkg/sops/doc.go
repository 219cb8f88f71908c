// Package sops reads and writes the part of the SOPS format (https://getsops.io) that sealed Secrets need: age
// recipients, the values below data and stringData, and a MAC over only those. Callers decode and encode the document
// around them. The real sops decrypts its output and vice versa, which test/sops proves. The sops library itself would
// make the program four times as large, because it links the client of every supported key service.
//
// It imports filippo.io/age. Randomness and time are arguments, except for the key of each age file, for which age uses
// the system's randomness.
package sops

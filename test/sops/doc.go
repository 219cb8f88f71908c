// Package sops proves what kubectl mesh seals with the programs of others: sops itself, and the code of
// the controller of SealedSecrets. It is a module of its own, because each of them needs more modules
// than the program has.
package sops

// Package access defines which control plane reads which API server, as whom, with which kind of credential and which
// permissions: the names of accounts, users, Secrets and store entries on which both sides must agree.
//
// A kind of credential is a file here, kind_*.go, and a line in Kinds. A Kind answers every question that depends on
// it, from mesh.yaml alone: how the target's API server identifies the consumer, how a credential identifies its
// generation, what its remote secret contains, which steps deliver a generation to the consumer, what a revocation
// leaves to an owner, and how to explain all that. Files and clusters are handled elsewhere, in steps that all kinds
// share: a Kind lists the steps that it needs, and callers never ask which kind it is.
package access

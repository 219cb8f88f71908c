// Package access says which control plane reads which API server, as whom, with which kind of credential and which
// permissions: the names of accounts, users, Secrets and stores that both ends have to agree on.
//
// A kind of credential is one file here, kind_*.go, and one line in Kinds. A Kind answers every question whose answer
// depends on it, from mesh.yaml alone: who the consumer is to the API server that it reads, what a credential says of
// itself, what its remote secret holds, by which steps a generation gets to the consumer, what a revocation leaves to
// an owner, and how all of that is explained. What an answer takes in files and clusters is done elsewhere by steps
// that are the same for all kinds: a Kind says which of them it needs, and never who it is.
package access

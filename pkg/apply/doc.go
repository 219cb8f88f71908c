// Package apply is the only one that can change a cluster. Whoever asks what kubectl mesh may
// do to a cluster reads this package and no other.
//
// Its callers have proved before that the cluster is the one that they mean. It imports
// client-go, pkg/apigroup, and pkg/kubeconfig, whose Token keeps a credential out of every output.
package apply

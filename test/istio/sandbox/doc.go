// Package sandbox runs pods on this machine without a container runtime. A test binary enters a network namespace of its
// own, which nothing leaves: bridges are the networks of clusters, a third one is the outside where their gateways meet,
// and a pod is a network namespace with a place on a bridge. Everything in it ends with the process that entered.
package sandbox

// Package sandbox runs pods on this machine without a container runtime. A test binary enters an isolated network
// namespace: bridges are the clusters' networks, a third one is the outside where their gateways meet, and a pod is a
// network namespace attached to a bridge. Everything in it ends with the process that entered.
package sandbox

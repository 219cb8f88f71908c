// Package firewall decides what the firewalls between the clusters of a mesh have to let through,
// as data: New makes a Plan of a mesh, and everything else prints it (pkg/render) or compares it
// with what is there.
//
// A Plan says it three times, for three readers. Flows are one line for each way of a call or of a
// control plane, for clusters of any platform. Networks hold the same as rules of Google's VPC
// networks, as few as there can be. Accesses hold who must be let in by the API servers of GKE.
// What cannot be said, because a fact is missing, is a Gap; what needs no rule is a Note.
//
// A rule never opens more than the links say, but for the ports that GKE itself opens between the
// pods of one cluster: clusters that all call each other share one rule. No list of a rule is ever
// empty: to Google, a rule without sources is for everybody, and one without targets for every
// machine.
//
// The package is pure. It imports pkg/apis/mesh/v1alpha1, pkg/topology and the standard library.
package firewall

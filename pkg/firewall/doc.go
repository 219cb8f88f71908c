// Package firewall derives what the firewalls between a mesh's clusters must allow, as data: New returns the Plan of a
// mesh, which other packages print (pkg/render) or compare with existing rules.
//
// A Plan has three views. Flows list each connection separately, for clusters on any platform. Networks contain the
// same as rules of Google VPC networks, as few as possible. Accesses list who must be able to reach the API servers of
// GKE clusters. A Gap is a missing fact that prevents a rule; a Note explains why none is needed.
//
// A rule never allows more than the links require, except for the ports that GKE itself allows between the pods of a
// cluster: clusters that all call each other share a rule. No list of a rule is ever empty: for Google, a rule without
// sources matches all sources, and one without targets all machines.
//
// The package is pure. It imports pkg/apis/mesh/v1alpha1, pkg/topology and the standard library.
package firewall

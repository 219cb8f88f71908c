// Package audit compares what gcloud says of firewall rules and clusters with what a mesh needs of
// them: what is not let in, what is let in without need, ranges that overlap, lists near their limits.
//
// It looks at dumps alone, and cannot see what decides beside them: hierarchical firewall policies,
// network firewall policies, and routes. The package is pure. It imports pkg/firewall for what is
// needed, pkg/gke for what is there, and pkg/apis/mesh/v1alpha1.
package audit

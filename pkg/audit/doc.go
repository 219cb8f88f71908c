// Package audit compares gcloud's firewall rules and clusters with what a mesh needs: missing and too wide rules,
// overlapping ranges, and lists near their limits.
//
// It sees only dumps, and not what else affects traffic: hierarchical firewall policies, network firewall policies, and
// routes. The package is pure. It imports pkg/firewall for requirements, pkg/gke for the dump, and
// pkg/apis/mesh/v1alpha1.
package audit

// Package gke reads gcloud's JSON of clusters and firewall rules, and returns the facts of a mesh in it, so that a
// site's administrator can hand over two files instead of a credential.
//
// It decodes only the fields defined in this package: dumps of old clusters contain a password and a client key, which
// are thus never in memory as values.
//
// Field names are those of the APIs: projects.locations.clusters of the Kubernetes Engine API v1, firewalls of the
// Compute Engine API v1. The package is pure and imports pkg/apis/mesh and pkg/apis/mesh/v1alpha1.
package gke

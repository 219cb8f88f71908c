// Package gke reads what gcloud prints of clusters and of firewall rules, and says which facts
// of a mesh it tells. Whoever administers a site can so hand over two files, and no credential.
//
// Of a dump only the fields that are named in this package are ever decoded: old clusters have a
// password and a client's key in it, which are thus nowhere to be found afterwards.
//
// The names of the fields are those of the APIs: projects.locations.clusters of the Kubernetes
// Engine API v1, firewalls of the Compute Engine API v1. The package is pure and imports
// pkg/apis/mesh and pkg/apis/mesh/v1alpha1.
package gke

// Package render is the compiler: it turns a resolved mesh, its topology and its credentials
// into the objects of each cluster, and those into a stream or a tree of files.
//
// It is pure: no disk, no network, no clock, no randomness; same input, same bytes. Objects
// are typed and encoded once, in the form that kustomize prints, so that what a reviewer
// reads in a file is what a pipe carries. It imports pkg/apis/mesh, pkg/topology,
// pkg/kubeconfig, pkg/helm, pkg/leaks, pkg/manifest, pkg/shell, templates and the apply configurations of
// client-go and Gateway API.
package render

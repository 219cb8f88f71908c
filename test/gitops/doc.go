// Package gitops has the types, schemas and builders of Flux, Argo CD and kustomize read the recipes of docs/gitops.md. It is
// a module of its own, because they need more modules than the program has.
package gitops

import _ "github.com/argoproj/argo-cd/v3/pkg/apis/application" // the module has the CRDs of Argo CD

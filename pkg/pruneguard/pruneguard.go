// Package pruneguard has the annotations with which GitOps controllers never remove an object: not when it is
// no longer in git, and not with the Kustomization or Application that applied it. It imports nothing.
package pruneguard

// What the controllers read on the live object, checked on 2026-11-29: kustomize-controller v1 (fluxcd/kustomize-controller
// docs/spec/v1/kustomizations.md, Prune) and Argo CD 3 (argoproj/argo-cd docs/user-guide/sync-options.md, No Prune
// Resources and No Resource Deletion), which takes a list.
const (
	Flux   = "kustomize.toolkit.fluxcd.io/prune"
	ArgoCD = "argocd.argoproj.io/sync-options"
)

// Annotations guard an object.
func Annotations() map[string]string {
	return map[string]string{Flux: "disabled", ArgoCD: "Prune=false,Delete=false"}
}

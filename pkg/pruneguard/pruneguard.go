// Package pruneguard has the annotations with which GitOps controllers never remove an object: not when it is
// no longer in git, and not with the Kustomization or Application that applied it. It imports nothing.
package pruneguard

// What the controllers read on the live object, checked on 2026-11-29: Flux's API kustomize.toolkit.fluxcd.io/v1
// (fluxcd/kustomize-controller at 0085208, docs/spec/v1/kustomizations.md, Prune) and Argo CD 3, which takes a
// list (argoproj/argo-cd at 03070f7, docs/user-guide/sync-options.md, No Prune Resources, No Resource Deletion).
const (
	Flux   = "kustomize.toolkit.fluxcd.io/prune"
	ArgoCD = "argocd.argoproj.io/sync-options"
)

// Annotations guard an object.
func Annotations() map[string]string {
	return map[string]string{Flux: "disabled", ArgoCD: "Prune=false,Delete=false"}
}

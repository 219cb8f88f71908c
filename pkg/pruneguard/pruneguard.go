// Package pruneguard has the annotations that keep GitOps controllers from deleting an object: neither when it is
// removed from Git, nor with the Kustomization or Application that applied it.
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

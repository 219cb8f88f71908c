package apply

import "testing"

func TestNeverDeleted(t *testing.T) {
	for ref, want := range map[Ref]string{
		{APIVersion: "v1", Kind: "Namespace", Name: "istio-system"}:                                     "kind Namespace is never deleted",
		{APIVersion: "apps/v1", Kind: "DaemonSet", Namespace: "n", Name: "ztunnel"}:                     "kind DaemonSet is never deleted",
		{APIVersion: "apiextensions.k8s.io/v1", Kind: "CustomResourceDefinition", Name: "x"}:            "kind CustomResourceDefinition is never deleted",
		{APIVersion: "example.com/v1", Kind: "Secret", Name: "x"}:                                       "kind Secret is never deleted",
		{APIVersion: "external-secrets.io/v1", Kind: "ExternalSecret", Namespace: "n", Name: "cacerts"}: "the signing certificate is never deleted",
		secret("cacerts"): "the signing certificate is never deleted",
		{APIVersion: "v1", Kind: "ConfigMap", Namespace: "istio-system", Name: "asm-options"}: "it also holds options that are not of the mesh",
		secret("istio-remote-secret-west"): "",
	} {
		if got := neverDeleted(ref); got != want {
			t.Errorf("%s of %s: got %q, want %q", ref, ref.APIVersion, got, want)
		}
	}
}

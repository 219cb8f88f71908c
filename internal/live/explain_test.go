package live

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apply"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

func TestExplainKinds(t *testing.T) {
	missing := &apply.MissingKinds{Kinds: []schema.GroupVersionKind{
		{Group: "external-secrets.io", Version: "v1", Kind: "ExternalSecret"},
		{Group: "gateway.networking.k8s.io", Version: "v1", Kind: "Gateway"},
		{Group: "gateway.networking.k8s.io", Version: "v1", Kind: "TLSRoute"},
		{Group: "networking.istio.io", Version: "v1", Kind: "Gateway"},
	}}
	contexts := &Contexts{}
	declared := east("")
	declared.Istio.Version = "1.29.0"
	want := []hint.Problem{{
		Text: "the cluster has no kind ExternalSecret of external-secrets.io/v1, Gateway of gateway.networking.k8s.io/v1, " +
			"TLSRoute of gateway.networking.k8s.io/v1, Gateway of networking.istio.io/v1",
		Remedies: []string{
			"install the CRD of ExternalSecret first",
			"install Gateway API: kubectl --context='prod-east' apply --server-side --field-manager=mesh-cli -f " +
				"https://github.com/kubernetes-sigs/gateway-api/releases/download/v1.4.1/standard-install.yaml",
			"install chart base of Istio: INSTALL.md has the command; kubectl mesh render --output-dir deploy writes it",
		}}}
	if diff := cmp.Diff(want, hint.List(contexts.ExplainKinds(missing, missing, declared))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

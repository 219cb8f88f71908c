package helm_test

import (
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/helm"
)

func TestRepositoryAndHub(t *testing.T) {
	const solo, mirror = v1alpha1.DistributionSolo, "mirror.example.com/istio"
	for name, test := range map[string]struct {
		istio           v1alpha1.Istio
		repository, hub string
	}{
		"a current Istio":             {v1alpha1.Istio{Distribution: "istio"}, "istio/", ""},
		"the charts' own registry":    {v1alpha1.Istio{Distribution: "istio", Version: "1.31.1"}, "istio/", ""},
		"a registry that goes away":   {v1alpha1.Istio{Distribution: "istio", Version: "1.30.5"}, "istio/", "docker.io/istio"},
		"a registry that is named":    {v1alpha1.Istio{Distribution: "istio", Version: "1.30.5", Hub: mirror}, "istio/", mirror},
		"Google's tool has its own":   {v1alpha1.Istio{Distribution: "csm", Version: "1.30.5"}, "istio/", ""},
		"Solo's public registry":      {v1alpha1.Istio{Distribution: solo, Version: "1.29.0"}, "oci://us-docker.pkg.dev/soloio-img/istio-helm/", "us-docker.pkg.dev/soloio-img/istio"},
		"Solo's registry with a key":  {v1alpha1.Istio{Distribution: solo, Version: "1.28.0", Hub: "us-docker.pkg.dev/gloo-mesh/istio-0123456789ab"}, "oci://us-docker.pkg.dev/gloo-mesh/istio-helm-0123456789ab/", "us-docker.pkg.dev/gloo-mesh/istio-0123456789ab"},
		"Solo without its key":        {v1alpha1.Istio{Distribution: solo, Version: "1.28.0"}, "", ""},
		"Solo with a mirror":          {v1alpha1.Istio{Distribution: solo, Version: "1.30.0", Hub: mirror}, "", mirror},
		"Solo of an unstated version": {v1alpha1.Istio{Distribution: solo}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			cluster := &v1alpha1.Cluster{ClusterSpec: v1alpha1.ClusterSpec{Istio: test.istio}}
			if got := helm.Repository(cluster); got != test.repository {
				t.Errorf("Repository() = %q, want %q", got, test.repository)
			}
			if got := helm.Hub(cluster); got != test.hub {
				t.Errorf("Hub() = %q, want %q", got, test.hub)
			}
		})
	}
}

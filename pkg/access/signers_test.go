package access_test

import (
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// TestNeedsRoot: a root is needed where several istiods take certificates of this workspace. One that is served from outside
// takes none, and Google's control plane has its own.
func TestNeedsRoot(t *testing.T) {
	served := func(name string) *v1alpha1.Cluster {
		remote := cluster(name, v1alpha1.ReaderAuthToken, "", "")
		remote.ControlPlane = "east"
		return remote
	}
	managed := func(name string) *v1alpha1.Cluster {
		google := cluster(name, v1alpha1.ReaderAuthToken, "", "")
		google.Istio.Managed = new(true)
		return google
	}
	own := func(name string) *v1alpha1.Cluster { return cluster(name, v1alpha1.ReaderAuthToken, "", "") }
	for name, test := range map[string]struct {
		provider v1alpha1.CAProvider
		members  []*v1alpha1.Cluster
		signers  string
		needs    bool
	}{
		"nobody":                    {v1alpha1.CAProviderFiles, nil, "", false},
		"one istiod":                {v1alpha1.CAProviderFiles, []*v1alpha1.Cluster{own("east")}, "east", false},
		"one istiod and a remote":   {v1alpha1.CAProviderFiles, []*v1alpha1.Cluster{own("east"), served("edge")}, "east", false},
		"one istiod and Google's":   {v1alpha1.CAProviderFiles, []*v1alpha1.Cluster{own("east"), managed("gke")}, "east", false},
		"two istiods":               {v1alpha1.CAProviderFiles, []*v1alpha1.Cluster{own("west"), own("east"), served("edge")}, "east west", true},
		"two with another's root":   {v1alpha1.CAProviderExternal, []*v1alpha1.Cluster{own("east"), own("west")}, "east west", false},
		"two, and none of a mesh's": {v1alpha1.CAProviderNone, []*v1alpha1.Cluster{own("east"), own("west")}, "east west", false},
	} {
		mesh, graph := meshOf(test.members...)
		mesh.Spec.Trust.CA.Provider = test.provider
		if got := strings.Join(access.Signers(graph), " "); got != test.signers {
			t.Errorf("%s: got the signers %q, want %q", name, got, test.signers)
		}
		if got := access.NeedsRoot(mesh, graph); got != test.needs {
			t.Errorf("%s: needs a root: got %t", name, got)
		}
	}
}

// TestFirstCertificates: what is printed where a mesh has none yet goes by where its keys are made.
func TestFirstCertificates(t *testing.T) {
	const issue, request = "kubectl mesh ca issue --all", "kubectl mesh ca request and kubectl mesh ca sign for each cluster"
	for _, test := range []struct {
		keys    v1alpha1.CAKeys
		hasRoot bool
		want    string
	}{
		{"", false, "kubectl mesh ca init, then: " + issue},
		{v1alpha1.CAKeysWorkspace, true, issue},
		{v1alpha1.CAKeysCluster, false, "kubectl mesh ca init, then: " + request},
		{v1alpha1.CAKeysCluster, true, request},
	} {
		if got := access.FirstCertificates(v1alpha1.CA{Keys: test.keys}, test.hasRoot); got != test.want {
			t.Errorf("keys %q, a root: %t: got %q, want %q", test.keys, test.hasRoot, got, test.want)
		}
	}
}

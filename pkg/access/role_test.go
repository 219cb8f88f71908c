package access_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// TestRoles: the control plane that serves a cluster from outside has a role of its own there, and whoever has the
// account of Istio's charts has none of ours.
func TestRoles(t *testing.T) {
	asIs := func(_, _, _ *v1alpha1.Cluster) {}
	byCharts := func(_, _, edge *v1alpha1.Cluster) { edge.Reader.ServiceAccount = v1alpha1.IstioReaderAccount }
	federated := func(_, _, edge *v1alpha1.Cluster) {
		byCharts(nil, nil, edge)
		edge.Reader.Auth = v1alpha1.ReaderAuthFederated
	}
	for name, test := range map[string]struct {
		change func(east, west, edge *v1alpha1.Cluster)
		target string
		want   string // the roles of the target; then those that east has, and west
	}{
		"a primary":                             {asIs, "west", "mesh-reader; mesh-reader; "},
		"a cluster that is served from outside": {asIs, "edge", "mesh-reader mesh-control-plane; mesh-reader mesh-control-plane; mesh-reader"},
		"the account of Istio's charts":         {byCharts, "edge", "; ; "},
		"that account, without its token":       {federated, "edge", "mesh-reader mesh-control-plane; mesh-reader mesh-control-plane; mesh-reader"},
	} {
		t.Run(name, func(t *testing.T) {
			_, graph := three(test.change)
			target, err := graph.Get(test.target)
			if err != nil {
				t.Fatal(err)
			}
			var roles []string
			for _, role := range access.Roles(graph, target) {
				roles = append(roles, role.Name)
			}
			got := strings.Join(roles, " ")
			for _, consumer := range []string{"east", "west"} {
				got += "; " + strings.Join(access.RolesOf(graph, consumer, target), " ")
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// TestRolesOfUnreadCluster: who is read by no control plane grants nothing.
func TestRolesOfUnreadCluster(t *testing.T) {
	mesh, graph := meshOf(cluster("east", v1alpha1.ReaderAuthToken, "", ""))
	if got := access.Roles(graph, &mesh.Spec.Clusters[0]); len(got) > 0 {
		t.Errorf("got %v", got)
	}
}

// TestMeshConfigMaps are those of the revisions on both sides, without duplicates.
func TestMeshConfigMaps(t *testing.T) {
	_, graph := three(func(_, _, edge *v1alpha1.Cluster) { edge.Istio.Revision = "canary" })
	for target, want := range map[string]string{"east": "[istio istio-1-29]", "west": "[istio istio-1-29]", "edge": "[istio istio-1-29 istio-canary]"} {
		cluster, err := graph.Get(target)
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(access.MeshConfigMaps(graph, cluster)); got != want {
			t.Errorf("%s: got %s, want %s", target, got, want)
		}
	}
}

// TestReadsEverySecret is said plainly to a reviewer, and of nothing less.
func TestReadsEverySecret(t *testing.T) {
	all := access.Permission{Resource: "secrets", Verbs: []string{"list"}}
	for name, test := range map[string]struct {
		change func(*access.Permission)
		want   bool
	}{
		"every Secret":           {func(*access.Permission) {}, true},
		"those of a namespace":   {func(p *access.Permission) { p.Namespace = "istio-system" }, false},
		"some":                   {func(p *access.Permission) { p.Names = []string{"cacerts"} }, false},
		"none":                   {func(p *access.Permission) { p.Resource = "pods" }, false},
		"those of another group": {func(p *access.Permission) { p.Group = "example.com" }, false},
	} {
		permission := all
		test.change(&permission)
		if got := access.ReadsEverySecret([]access.Permission{{Resource: "pods"}, permission}); got != test.want {
			t.Errorf("%s: got %t", name, got)
		}
	}
	if !access.ReadsEverySecret(access.ReaderPermissions("istio-system")) {
		t.Error("a reader reads every Secret")
	}
}

// TestFind fails where a cluster of the pair is not in the mesh, and says which.
func TestFind(t *testing.T) {
	mesh, graph := three(func(_, _, _ *v1alpha1.Cluster) {})
	for _, test := range []struct {
		pair access.Pair
		want string
	}{
		{access.Pair{Consumer: "east", Target: "west"}, "<nil>"},
		{access.Pair{Consumer: "nowhere", Target: "west"}, `find remote access: no cluster "nowhere"`},
		{access.Pair{Consumer: "east", Target: "nowhere"}, `find remote access: no cluster "nowhere"`},
	} {
		a, err := access.Find(mesh, graph, test.pair)
		if fmt.Sprint(err) != test.want {
			t.Errorf("%v: got %v", test.pair, err)
		}
		if err == nil && (a.Mesh != "shop" || a.Pair() != test.pair) {
			t.Errorf("%v: got %s in mesh %s", test.pair, a.Pair(), a.Mesh)
		}
	}
}

// TestIdentities: while a rotation goes on a consumer is all of its generations, without duplicates; after a revocation it is who
// it was.
func TestIdentities(t *testing.T) {
	for name, test := range map[string]struct {
		auth        v1alpha1.ReaderAuth
		generations []int32
		revoked     int32
		want        string
		newest      int32
	}{
		"a certificate":             {v1alpha1.ReaderAuthClientCertificate, nil, 0, "[mesh:east]", 1},
		"two generations":           {v1alpha1.ReaderAuthClientCertificate, []int32{1, 2}, 0, "[mesh:east mesh:east:2]", 2},
		"a revoked one":             {v1alpha1.ReaderAuthClientCertificate, nil, 2, "[mesh:east:2]", 0},
		"two tokens of one account": {v1alpha1.ReaderAuthToken, []int32{1, 2}, 0, "[system:serviceaccount:istio-system:mesh-reader-east]", 2},
		"a token in a store":        {v1alpha1.ReaderAuthExternal, nil, 0, "[system:serviceaccount:istio-system:mesh-reader-east]", 1},
		"istiod itself":             {v1alpha1.ReaderAuthFederated, []int32{4, 5}, 3, "[mesh:east:system:serviceaccount:istio-system:istiod]", 5},
		"a revoked istiod":          {v1alpha1.ReaderAuthFederated, nil, 1, "[mesh:east:system:serviceaccount:istio-system:istiod]", 0},
		"granted access again":      {v1alpha1.ReaderAuthClientCertificate, []int32{3}, 2, "[mesh:east:3]", 3},
	} {
		a := read(test.auth)
		a.Target.ReaderGenerations = map[string][]int32{"east": test.generations}
		a.Target.RevokedReaders = map[string]int32{"east": test.revoked}
		if got := fmt.Sprint(access.Identities(a.Consumer, a.Target)); got != test.want || a.Newest() != test.newest {
			t.Errorf("%s: got %s, newest %d, want %s, newest %d", name, got, a.Newest(), test.want, test.newest)
		}
	}
}

// TestTokenSecretOfKind: a kind without an account has no Secret for a token.
func TestTokenSecretOfKind(t *testing.T) {
	for _, kind := range access.Kinds() {
		a := read(kind.Auth())
		has := slices.Contains([]v1alpha1.ReaderAuth{v1alpha1.ReaderAuthToken, v1alpha1.ReaderAuthExternal}, kind.Auth())
		if got := a.TokenSecret(3); got != "" != has || has && got != "mesh-reader-east-token-3" {
			t.Errorf("%s: got %q", kind.Auth(), got)
		}
	}
}

// TestRolesSayWhat: the permissions of a role are those that its name stands for, with the ConfigMaps of both sides.
func TestRolesSayWhat(t *testing.T) {
	_, graph := three(func(_, _, _ *v1alpha1.Cluster) {})
	edge, err := graph.Get("edge")
	if err != nil {
		t.Fatal(err)
	}
	want := []access.Role{
		{Name: "mesh-reader", Permissions: access.ReaderPermissions("istio-system", "istio", "istio-1-29")},
		{Name: "mesh-control-plane", Permissions: access.ControlPlanePermissions("istio-system")},
	}
	if diff := cmp.Diff(want, access.Roles(graph, edge)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

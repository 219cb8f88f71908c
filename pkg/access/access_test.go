package access_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

// cluster has a reader by token, and an Istio of a revision, if any.
func cluster(name string, auth v1alpha1.ReaderAuth, account, revision string) *v1alpha1.Cluster {
	c := &v1alpha1.Cluster{Name: name}
	c.ControlPlane = name
	c.Istio = v1alpha1.Istio{Namespace: "istio-system", Revision: revision, Managed: new(false)}
	c.Reader.Auth, c.Reader.ServiceAccount = auth, account
	return c
}

// TestNames: what both ends of a link have to agree on, letter by letter. Clusters out there have them: a
// change of one leaves its objects behind, and cuts links.
func TestNames(t *testing.T) {
	west := cluster("west", v1alpha1.ReaderAuthToken, "", "")
	shared := cluster("west", v1alpha1.ReaderAuthToken, "istio-reader-service-account", "")
	revised := cluster("east", v1alpha1.ReaderAuthFederated, "", "1-29")
	pair := access.Pair{Consumer: "east", Target: "west"}
	for _, test := range []struct{ what, got, want string }{
		{"the account of a reader", access.Account(west, "east"), "mesh-reader-east"},
		{"an account that readers share", access.Account(shared, "east"), "istio-reader-service-account"},
		{"the account as a user", access.AccountUser(west, "east"), "system:serviceaccount:istio-system:mesh-reader-east"},
		{"its token Secret", access.TokenSecret(west, "east", 1), "mesh-reader-east-token-1"},
		{"that of a later generation", access.TokenSecret(west, "east", 12), "mesh-reader-east-token-12"},
		{"the one that istioctl would make", access.TokenSecret(shared, "east", 1), "istio-reader-service-account-istio-remote-secret-token"},
		{"the one after it", access.TokenSecret(shared, "east", 2), "istio-reader-service-account-istio-remote-secret-token-2"},
		{"the entry in a store", access.StoreEntry("shop", west, "east"), "shop/west/mesh-reader-east"},
		{"the role of readers", access.ReaderRole, "mesh-reader"},

		{"who a certificate is of", access.ReaderUser("east", 1), "mesh:east"},
		{"who a later one is of", access.ReaderUser("east", 2), "mesh:east:2"},
		{"who a federated istiod is", access.FederatedUser(west), "mesh:west:system:serviceaccount:istio-system:istiod"},
		{"who that of a revision is", access.FederatedUser(revised), "mesh:east:system:serviceaccount:istio-system:istiod-1-29"},
		{"whose users begin so", access.FederatedPrefix(revised), "mesh:east:"},
		{"for whom its token is", access.Audience("shop", "east", "west"), "kubectl-mesh.dev/shop/east/west"},
		{"where its pod has that", access.TokenPath("west"), "/var/run/secrets/mesh/west/token"},

		{"the remote secret", access.RemoteSecret("west"), "istio-remote-secret-west"},
		{"the peer Gateway", access.PeerGateway("west"), "istio-remote-peer-west"},
		{"what istiod signs with", access.SigningSecret, "cacerts"},
		{"the mesh configuration", access.MeshConfigMap(""), "istio"},
		{"that of a revision", access.MeshConfigMap("1-29"), "istio-1-29"},
		{"the policy for remote secrets", access.AdmissionPolicy, "mesh-remote-secrets"},
		{"options of Google's control plane", access.FleetOptions, "asm-options"},

		{"the file of a token", pair.TokenFile(), "credentials/west/east/token"},
		{"the file of a certificate", pair.ClientCertificateFile(2), "credentials/west/east/client-2.crt"},
		{"the file of its key", pair.ClientKeyFile(2), "credentials/west/east/client-2.key"},
	} {
		if test.got != test.want {
			t.Errorf("%s: got %s, want %s", test.what, test.got, test.want)
		}
	}
	want := map[string]string{"app.kubernetes.io/managed-by": "kubectl-mesh", "kubectl-mesh.dev/mesh": "shop"}
	if diff := cmp.Diff(want, access.Labels("shop")); diff != "" {
		t.Errorf("labels (-want +got):\n%s", diff)
	}
}

// TestGeneration: the newest one that counts, and none when the reader is cut off.
func TestGeneration(t *testing.T) {
	for _, test := range []struct {
		generations []int32
		revoked     int32
		want        int32
		secret      string
	}{
		{nil, 0, 1, "mesh-reader-east-token-1"},
		{[]int32{1, 2}, 0, 2, "mesh-reader-east-token-2"},
		{[]int32{4}, 3, 4, "mesh-reader-east-token-4"},
		{nil, 3, 0, "mesh-reader-east-token-0"},
	} {
		west := cluster("west", v1alpha1.ReaderAuthToken, "", "")
		west.ReaderGenerations = map[string][]int32{"east": test.generations}
		west.RevokedReaders = map[string]int32{"east": test.revoked}
		if got, secret := access.Generation(west, "east"), access.NewestTokenSecret(west, "east"); got != test.want || secret != test.secret {
			t.Errorf("%v, revoked %d: got %d and %s, want %d and %s", test.generations, test.revoked, got, secret, test.want, test.secret)
		}
	}
}

func TestKindsOfReaders(t *testing.T) {
	for auth, want := range map[v1alpha1.ReaderAuth]bool{v1alpha1.ReaderAuthToken: true, v1alpha1.ReaderAuthExternal: true,
		v1alpha1.ReaderAuthClientCertificate: false, v1alpha1.ReaderAuthFederated: false} {
		if got := access.UsesAccount(cluster("west", auth, "", "")); got != want {
			t.Errorf("%s uses an account: got %t", auth, got)
		}
	}
	remote, managed := cluster("edge", v1alpha1.ReaderAuthToken, "", ""), cluster("gke", v1alpha1.ReaderAuthToken, "", "")
	remote.ControlPlane, managed.Istio.Managed = "east", new(true)
	for name, c := range map[string]*v1alpha1.Cluster{"a primary": cluster("east", v1alpha1.ReaderAuthToken, "", ""), "a remote": remote, "Google's": managed} {
		if got, want := access.Signs(c), name == "a primary"; got != want {
			t.Errorf("%s signs: got %t", name, got)
		}
	}
}

// TestPairs: who has to have a credential for whom, by its kind.
func TestPairs(t *testing.T) {
	mesh := &v1alpha1.Mesh{}
	mesh.Spec.Discovery = v1alpha1.DiscoveryRemoteSecret
	for name, auth := range map[string]v1alpha1.ReaderAuth{"east": v1alpha1.ReaderAuthToken, "north": v1alpha1.ReaderAuthToken,
		"south": v1alpha1.ReaderAuthClientCertificate, "west": v1alpha1.ReaderAuthFederated, "store": v1alpha1.ReaderAuthExternal} {
		mesh.Spec.Clusters = append(mesh.Spec.Clusters, *cluster(name, auth, "", ""))
	}
	graph := topology.New(mesh)
	to := func(targets ...string) (pairs []access.Pair) {
		for _, target := range targets {
			pairs = append(pairs, access.Pair{Consumer: "west", Target: target})
		}
		return pairs
	}
	for _, test := range []struct {
		what      string
		got, want []access.Pair
	}{
		{"tokens", access.TokenPairs(graph, "west"), to("east", "north")},
		{"certificates", access.CertificatePairs(graph, "west"), to("south")},
		{"what an overlay holds", access.SecretPairs(graph, "west"), to("east", "north", "south")},
		{"of a cluster that there is not", access.SecretPairs(graph, "wets"), nil},
	} {
		if diff := cmp.Diff(test.want, test.got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.what, diff)
		}
	}
}

// TestReaderPermissions are the least that istiod needs. Every one more is one that a stolen credential has.
func TestReaderPermissions(t *testing.T) {
	var got []string
	for _, permission := range access.ReaderPermissions("istio-system", "istio", "istio-1-29") {
		text := strings.Join(permission.Verbs, ",") + " " + permission.Resource
		if permission.Group != "" {
			text += "." + permission.Group
		}
		if permission.Namespace != "" {
			text += " in " + permission.Namespace + ": " + strings.Join(permission.Names, ", ")
		}
		got = append(got, text)
	}
	want := []string{
		"get,list,watch configmaps in istio-system: istio, istio-1-29",
		"get,list,watch namespaces", "get,list,watch nodes", "get,list,watch pods", "get,list,watch secrets", "get,list,watch services",
		"get,list,watch customresourcedefinitions.apiextensions.k8s.io",
		"get,list,watch endpointslices.discovery.k8s.io",
		"get,list,watch gateways.gateway.networking.k8s.io",
		"get,list,watch workloadentries.networking.istio.io",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

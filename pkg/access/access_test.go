package access_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

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
		{"the file of the first certificate", pair.ClientCertificateFile(1), "credentials/west/east/client.crt"},
		{"the file of the first key", pair.ClientKeyFile(1), "credentials/west/east/client.key"},
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

// TestGeneration: the newest one that counts, and none if the reader is cut off.
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
	var members []*v1alpha1.Cluster
	for name, auth := range map[string]v1alpha1.ReaderAuth{"east": v1alpha1.ReaderAuthToken, "north": v1alpha1.ReaderAuthToken,
		"south": v1alpha1.ReaderAuthClientCertificate, "west": v1alpha1.ReaderAuthFederated, "store": v1alpha1.ReaderAuthExternal} {
		members = append(members, cluster(name, auth, "", ""))
	}
	_, graph := meshOf(members...)
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

// TestServiceOfIstiod: who a federated istiod is follows from its namespace and revision.
func TestServiceOfIstiod(t *testing.T) {
	for _, test := range []struct{ namespace, revision, service, subject string }{
		{"istio-system", "", "istiod", "system:serviceaccount:istio-system:istiod"},
		{"istio-system", "1-29", "istiod-1-29", "system:serviceaccount:istio-system:istiod-1-29"},
		{"mesh", "canary", "istiod-canary", "system:serviceaccount:mesh:istiod-canary"},
	} {
		c := cluster("east", v1alpha1.ReaderAuthFederated, "", test.revision)
		c.Istio.Namespace = test.namespace
		if service, subject := access.IstiodService(c), access.IstiodSubject(c); service != test.service || subject != test.subject {
			t.Errorf("%s in %s: got %s and %s", test.revision, test.namespace, service, subject)
		}
	}
}

// TestNamesAreDistinct: two accesses never share an account, a user, a Secret or a file, also where one name begins another.
func TestNamesAreDistinct(t *testing.T) {
	west := cluster("west", v1alpha1.ReaderAuthToken, "", "")
	seen := map[string]string{}
	for _, consumer := range []string{"east", "east-2", "east-token"} {
		for _, generation := range []int32{1, 2, 12} {
			pair := access.Pair{Consumer: consumer, Target: "west"}
			of := fmt.Sprintf("%s %d", consumer, generation)
			for _, name := range []string{access.ReaderUser(consumer, generation), access.TokenSecret(west, consumer, generation),
				pair.ClientCertificateFile(generation), pair.ClientKeyFile(generation)} {
				if other, taken := seen[name]; taken {
					t.Errorf("%s is of %s and of %s", name, other, of)
				}
				seen[name] = of
			}
		}
	}
}

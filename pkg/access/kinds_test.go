package access_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
)

// TestKinds: what each kind of credential answers to those who ask. The name that an API server knows a consumer by, and
// what tells two generations apart, are in clusters out there.
func TestKinds(t *testing.T) {
	type answers struct {
		Subject, Newer string // who the consumer is, with the first and with the second generation
		Marker         string // of the second generation
		Delivery       string
		Kept           string
		Is             string
		Form           access.Form
		Lifetime       string
	}
	const account = "system:serviceaccount:istio-system:mesh-reader-east"
	const istiod = "mesh:east:system:serviceaccount:istio-system:istiod"
	for auth, want := range map[v1alpha1.ReaderAuth]answers{
		v1alpha1.ReaderAuthToken: {
			Subject: account, Newer: account, Marker: "mesh-reader-east-token-2", Delivery: "applyTarget fetchToken applySecret",
			Kept: "workspace", Is: "account held rotates collected", Form: access.FormToken, Lifetime: "never expires, unless requested with an expiry",
		},
		v1alpha1.ReaderAuthClientCertificate: {
			Subject: "mesh:east", Newer: "mesh:east:2", Marker: "mesh:east:2", Delivery: "applyTarget signCertificate applySecret",
			Kept: "workspace", Is: "signed held rotates", Form: access.FormCertificate, Lifetime: "until its expiry; it cannot be revoked, only its bindings can be deleted",
		},
		v1alpha1.ReaderAuthFederated: {
			Subject: istiod, Newer: istiod, Delivery: "applyTarget applyPublic",
			Kept: "nowhere", Is: "issued", Form: access.FormPublic, Lifetime: "at most an hour, renewed by the kubelet",
		},
		v1alpha1.ReaderAuthExternal: {
			Subject: account, Newer: account, Marker: "mesh-reader-east-token-2", Delivery: "applyTarget applyPublic fillStore",
			Kept: "store", Is: "account foreign rotates", Form: access.FormToken,
			Lifetime: "as stored in the secret store; tokens of token Secrets never expire",
		},
	} {
		t.Run(string(auth), func(t *testing.T) {
			a := read(auth)
			kind, traits := a.Kind(), a.Kind().Traits()
			if kind.Auth() != auth {
				t.Fatalf("got the kind %s", kind.Auth())
			}
			got := answers{
				Subject: a.Subject(1).User(), Newer: a.Subject(2).User(), Marker: a.Marker(2), Delivery: steps(kind),
				Kept: string(traits.Keeper), Is: words(traits), Form: traits.Form, Lifetime: access.Lifetime(a.Target),
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// steps are those of a kind's delivery.
func steps(kind access.Kind) string {
	var names []string
	for _, step := range kind.Delivery() {
		names = append(names, string(step))
	}
	return strings.Join(names, " ")
}

// words are the traits that hold.
func words(traits access.Traits) string {
	var holds []string
	for _, trait := range []struct {
		word string
		is   bool
	}{
		{"account", traits.Account}, {"issued", traits.Issued}, {"signed", traits.Signed}, {"foreign", traits.Foreign},
		{"held", traits.Held()}, {"rotates", traits.Rotates()}, {"collected", traits.Collected()},
	} {
		if trait.is {
			holds = append(holds, trait.word)
		}
	}
	return strings.Join(holds, " ")
}

// TestKindsAreListed: each value of reader.auth is a kind, and any other is read with a token.
func TestKindsAreListed(t *testing.T) {
	if got := fmt.Sprint(access.Auths()); got != "[token clientCertificate federated external]" {
		t.Errorf("got %s", got)
	}
	for _, auth := range []v1alpha1.ReaderAuth{"", "password"} {
		if got := access.KindOf(cluster("west", auth, "", "")).Auth(); got != v1alpha1.ReaderAuthToken {
			t.Errorf("%q: got %s", auth, got)
		}
	}
}

// TestRemoteUser: what a remote secret authenticates with, where it is nothing secret or is in a store.
func TestRemoteUser(t *testing.T) {
	for auth, want := range map[v1alpha1.ReaderAuth]access.RemoteUser{
		v1alpha1.ReaderAuthToken:             {},
		v1alpha1.ReaderAuthClientCertificate: {},
		v1alpha1.ReaderAuthFederated: {
			Public: kubeconfig.TokenFile("/var/run/secrets/mesh/west/token"),
			Comment: "No secret content: istiod sends the token in that file, which the kubelet renews. Apply it after istiod has the\n" +
				"volume of its Helm values: istiod reads the file once, when it detects the Secret.",
		},
		v1alpha1.ReaderAuthExternal: {
			Store: &access.StoredCredential{
				SecretStoreRef: v1alpha1.SecretStoreRef{Name: "vault", Kind: "ClusterSecretStore"},
				Entry:          "shop/west/mesh-reader-east", Property: "token", Template: "{{.token|trim}}",
			},
			Comment: "External Secrets adds the token: property token of entry shop/west/mesh-reader-east.",
		},
	} {
		a := read(auth)
		if diff := cmp.Diff(want, a.Kind().RemoteUser(a)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", auth, diff)
		}
	}
	none := read(v1alpha1.ReaderAuthExternal)
	none.Target.Reader.External = nil
	if diff := cmp.Diff(access.RemoteUser{}, none.Kind().RemoteUser(none)); diff != "" {
		t.Errorf("no store (-want +got):\n%s", diff)
	}
}

// TestOwnerSteps: what a revocation leaves to an owner, because no command of ours can do it.
func TestOwnerSteps(t *testing.T) {
	expires := access.Known{User: "mesh:east", NotAfter: time.Date(2027, 3, 1, 0, 30, 0, 0, time.FixedZone("", 3600))}
	for _, test := range []struct {
		auth v1alpha1.ReaderAuth
		last access.Known
		want []access.OwnerStep
	}{
		{auth: v1alpha1.ReaderAuthToken, last: expires},
		{auth: v1alpha1.ReaderAuthClientCertificate},
		{auth: v1alpha1.ReaderAuthClientCertificate, last: expires, want: []access.OwnerStep{{
			Location: "west", Action: "nothing: a certificate cannot be revoked", Effect: "until 2027-02-28 it names mesh:east, who has no permissions"}}},
		{auth: v1alpha1.ReaderAuthFederated, want: []access.OwnerStep{{
			Location: "west", Action: "remove the issuer of east from the file of --authentication-config",
			Effect: "its tokens are no longer accepted; before that they belong to a user without permissions, for at most an hour"}}},
		{auth: v1alpha1.ReaderAuthExternal, want: []access.OwnerStep{{
			Location: "(store)", Action: "delete entry shop/west/mesh-reader-east", Effect: "an expired token is no longer delivered"}}},
	} {
		a := read(test.auth)
		if diff := cmp.Diff(test.want, a.Kind().OwnerSteps(a, test.last)); diff != "" {
			t.Errorf("%s, expires %v (-want +got):\n%s", test.auth, test.last.NotAfter, diff)
		}
	}
}

// TestUnsupported: what a kind cannot do, and what to do instead.
func TestUnsupported(t *testing.T) {
	for _, kind := range access.Kinds() {
		for _, platform := range []v1alpha1.Platform{v1alpha1.PlatformPlain, v1alpha1.PlatformGKE, v1alpha1.PlatformEKS} {
			a := read(kind.Auth())
			a.Target.Platform = platform
			why, instead := kind.Unsupported(a.Target)
			wantWhy, wantInstead := "", ""
			if kind.Auth() == v1alpha1.ReaderAuthClientCertificate && platform == v1alpha1.PlatformEKS {
				wantWhy, wantInstead = "west is on EKS, which signs no client certificates", "use reader.auth: token for it"
			}
			if why != wantWhy || instead != wantInstead {
				t.Errorf("%s on %s: got %q, %q", kind.Auth(), platform, why, instead)
			}
		}
		a := read(kind.Auth())
		why, instead := kind.Unrotatable(a, " -f mesh.yaml")
		wantWhy, wantInstead := "", ""
		if kind.Auth() == v1alpha1.ReaderAuthFederated {
			wantWhy = "east has no credential for west: it sends a token that the kubelet renews, within the hour"
			wantInstead = "after its issuer's keys change: kubectl mesh collect --token=skip --cluster east -f mesh.yaml, " +
				"then render and serve the documents; to revoke it: kubectl mesh credentials revoke"
		}
		if why != wantWhy || instead != wantInstead {
			t.Errorf("rotate %s: got %q, %q", kind.Auth(), why, instead)
		}
	}
}

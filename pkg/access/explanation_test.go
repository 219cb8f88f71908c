package access_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// page is all that a kind says of a credential, as a document.
func page(a access.RemoteAccess, generations ...int32) string {
	explained := a.Kind().Explain(a, generations)
	var text strings.Builder
	for _, part := range []struct {
		title string
		lines []string
	}{
		{"proof", explained.Proof},
		{"lifetime", explained.Lifetime},
		{"exposure", []string{"anyone who has it can use it" + explained.Exposure}},
		{"where", []string{explained.Where}},
		{"unbound", []string{explained.Unbound}},
		{"reader", []string{explained.Reader}},
	} {
		text.WriteString(part.title + "\n")
		for _, line := range part.lines {
			if line != "" {
				text.WriteString("  " + line + "\n")
			}
		}
	}
	return text.String()
}

// TestExplain: what each kind says of its credential: how a consumer proves who it is, for how long, who would notice a
// theft, and what is left without permissions.
func TestExplain(t *testing.T) {
	for auth, want := range map[v1alpha1.ReaderAuth]string{
		v1alpha1.ReaderAuthToken: `proof
  proven by the token in Secret istio-system/mesh-reader-east-token-1 of west
  proven by the token in Secret istio-system/mesh-reader-east-token-2 of west
lifetime
  the token of a token Secret never expires; one from kubectl mesh collect --token=request does
exposure
  anyone who has it can use it; only an audit log shows it
where
unbound
  the reader has no permissions left
reader
`,
		v1alpha1.ReaderAuthClientCertificate: `proof
  proven by a client certificate that the API server of west has signed; no account there
lifetime
  it is valid until it expires and cannot be revoked; without its bindings it grants no access
exposure
  anyone who has it can use it; only an audit log shows it
where
unbound
  the certificate grants no access
reader
  The control plane of east, which this API server identifies by its client certificate.
`,
		v1alpha1.ReaderAuthFederated: `proof
  proven by a token of istiod in east, whose issuer the API server of west trusts; no account in west
lifetime
  the kubelet renews the token; each expires within the hour, and with istiod's pod
exposure
  anyone who has it can use it, until it expires; there is none in Git, in transit or at rest
where
  no credential is stored: the kubelet renews a token, which expires within the hour
unbound
  the reader has no permissions left
reader
  istiod of east, which this API server identifies by its configuration in authentication/.
`,
		v1alpha1.ReaderAuthExternal: `proof
  proven by the token in Secret istio-system/mesh-reader-east-token-1 of west
  proven by the token in Secret istio-system/mesh-reader-east-token-2 of west
lifetime
  the token of a token Secret never expires; the store delivers it until it is replaced there
exposure
  anyone who has it can use it; only an audit log shows it
where
  entry shop/west/mesh-reader-east of the store has it
unbound
  the reader has no permissions left
reader
`,
	} {
		if diff := cmp.Diff(want, page(read(auth), 1, 2)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", auth, diff)
		}
	}
}

// TestExplainPlatform: a platform that shortens the tokens that it issues is named, and only where tokens are issued.
func TestExplainPlatform(t *testing.T) {
	for platform, want := range map[v1alpha1.Platform]string{
		v1alpha1.PlatformPlain:     "",
		v1alpha1.PlatformGKE:       "GKE limits the lifetime of a requested token to 48 hours",
		v1alpha1.PlatformEKS:       "EKS limits the lifetime of a requested token to 24 hours",
		v1alpha1.PlatformAKS:       "",
		v1alpha1.PlatformOpenShift: "",
		v1alpha1.PlatformK3s:       "",
	} {
		for _, kind := range access.Kinds() {
			plain, a := read(kind.Auth()), read(kind.Auth())
			a.Target.Platform = platform
			lines := plain.Kind().Explain(plain, nil).Lifetime
			if want != "" && kind.Auth() == v1alpha1.ReaderAuthToken {
				lines = append(lines, want)
			}
			if diff := cmp.Diff(lines, a.Kind().Explain(a, nil).Lifetime); diff != "" {
				t.Errorf("%s on %q (-want +got):\n%s", kind.Auth(), platform, diff)
			}
		}
	}
}

// TestExplainSharedAccount: the proof of an account that readers share is the Secret that istioctl names.
func TestExplainSharedAccount(t *testing.T) {
	a := read(v1alpha1.ReaderAuthToken)
	a.Target.Reader.ServiceAccount = "peers"
	want := []string{"proven by the token in Secret istio-system/peers-istio-remote-secret-token of west",
		"proven by the token in Secret istio-system/peers-istio-remote-secret-token-2 of west"}
	if diff := cmp.Diff(want, a.Kind().Explain(a, []int32{1, 2}).Proof); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

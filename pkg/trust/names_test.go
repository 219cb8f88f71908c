package trust_test

import (
	"crypto/x509"
	"net/url"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// TestNameConstraints has openssl verify a workload and istiod below each authority: what it refuses is
// refused. Go lets hosts below a URI constraint through, and OpenSSL does not.
func TestNameConstraints(t *testing.T) {
	const uris = "the name constraints of CN=signing exclude spiffe://shop.example, so no peer accepts workload certificates under it"
	const dns = "the name constraints of CN=signing exclude istiod.istio-system.svc, so no proxy accepts istiod's certificate"
	const remedy = "have CN=root sign it again without name constraints, or with a permitted URI and DNS name that match"
	for _, c := range []struct {
		name   string
		change func(*x509.Certificate)
		want   string
	}{
		{"none", nil, ""},
		{"the trust domain", func(c *x509.Certificate) { c.PermittedURIDomains = []string{"other.example", "shop.example"} }, ""},
		{"in capitals", func(c *x509.Certificate) { c.PermittedURIDomains = []string{"Shop.Example"} }, ""},
		{"domains below", func(c *x509.Certificate) { c.PermittedURIDomains = []string{".example"} }, ""},
		{"another trust domain", func(c *x509.Certificate) { c.PermittedURIDomains = []string{"other.example"} }, uris},
		{"the domain above", func(c *x509.Certificate) { c.PermittedURIDomains = []string{"example"} }, uris},
		{"domains below the trust domain", func(c *x509.Certificate) { c.PermittedURIDomains = []string{".shop.example"} }, uris},
		{"excluded", func(c *x509.Certificate) { c.ExcludedURIDomains = []string{"shop.example"} }, uris},
		{"excluded below", func(c *x509.Certificate) { c.ExcludedURIDomains = []string{".example"} }, uris},
		{"another is excluded", func(c *x509.Certificate) { c.ExcludedURIDomains = []string{"op.example"} }, ""},
		{"services", func(c *x509.Certificate) { c.PermittedDNSDomains = []string{"svc"} }, ""},
		{"the namespace", func(c *x509.Certificate) { c.PermittedDNSDomains = []string{"istio-system.svc"} }, ""},
		{"the domain of a company", func(c *x509.Certificate) { c.PermittedDNSDomains = []string{"acme.example"} }, dns},
		{"services are excluded", func(c *x509.Certificate) { c.ExcludedDNSDomains = []string{"svc"} }, dns},
		{"addresses", func(c *x509.Certificate) { c.PermittedEmailAddresses = []string{"acme.example"} }, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			root := forge(t, nil, "root", nil)
			signing := forge(t, &root, "signing", c.change)
			bundle := under(t, root, signing)
			wantError(t, bundle.Check(noon()), "")
			if c.want == "" {
				wantError(t, bundle.CheckNames(names()), "")
			} else {
				wantRefusal(t, bundle.CheckNames(names()), trust.FaultNames, c.want, remedy)
			}
			wantNames(t, bundle, signing, c.want != "")
		})
	}
}

// wantNames wants openssl to accept what istiod signs, or to refuse one of the two.
func wantNames(t *testing.T, bundle trust.Bundle, signing forged, refused bool) {
	t.Helper()
	istiod := forge(t, &signing, "", func(c *x509.Certificate) {
		c.IsCA, c.KeyUsage = false, x509.KeyUsageDigitalSignature
		c.DNSNames, c.URIs = []string{"istiod.istio-system.svc"}, []*url.URL{{Scheme: "spiffe", Host: "shop.example", Path: "/ns/istio-system/sa/istiod"}}
	})
	var said strings.Builder
	for _, leaf := range []*x509.Certificate{istiod.Certificate, workload(t, signing.Certificate, keyOf(t, signing.signer))} {
		if out, err := verifyAs(t, leaf, bundle.Chain, bundle.Root); err != nil {
			said.WriteString(out)
		}
	}
	if refused != (said.Len() > 0) || refused && !strings.Contains(said.String(), "subtree violation") {
		t.Errorf("openssl says %q", said.String())
	}
}

// TestZtunnelTakesNoConstraintsOfURIs is about a verifier that is not here: rustls-webpki.
func TestZtunnelTakesNoConstraintsOfURIs(t *testing.T) {
	root := forge(t, nil, "root", func(c *x509.Certificate) { c.PermittedURIDomains = []string{"shop.example"} })
	bundle := under(t, root, forge(t, &root, "signing", nil))
	wantError(t, bundle.CheckNames(names()), "")
	ambient := names()
	ambient.Ambient = true
	wantRefusal(t, bundle.CheckNames(ambient), trust.FaultNames, "CN=root constrains URIs, and ztunnels reject every workload certificate under such a CA",
		"have CN=root sign it again without constraints of URIs")
	dns := forge(t, nil, "root", func(c *x509.Certificate) { c.PermittedDNSDomains = []string{"svc"} })
	wantError(t, under(t, dns, forge(t, &dns, "signing", nil)).CheckNames(ambient), "")
}

func TestNamesOfABrokenBundleAreNotLookedAt(t *testing.T) {
	wantError(t, trust.Bundle{}.CheckNames(names()), "")
	root, other := forge(t, nil, "root", nil), forge(t, nil, "other", nil)
	wantError(t, under(t, other, forge(t, &root, "signing", nil)).CheckNames(names()), "")
}

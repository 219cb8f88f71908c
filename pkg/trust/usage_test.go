package trust_test

import (
	"crypto/x509"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// TestUsagesAreOfServersAndClients has openssl verify a workload below each chain: istiod starts with all
// that have serverAuth, and peers refuse them.
func TestUsagesAreOfServersAndClients(t *testing.T) {
	const unsuitable = "error 26 at 1 depth lookup"
	const remedy = "have CN=root sign it again without extendedKeyUsage, or with serverAuth and clientAuth"
	for _, c := range []struct {
		name           string
		usages         []x509.ExtKeyUsage
		want           string
		server, client string // what openssl says
	}{
		{"none", nil, "", "", ""},
		{"both", []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth}, "", "", ""},
		{"both and more", []x509.ExtKeyUsage{x509.ExtKeyUsageAny, x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageOCSPSigning}, "", "", ""},
		{"servers", []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
			"CN=signing cannot authenticate clients: its extended key usage does not include clientAuth, so no peer accepts workload certificates under it", "", unsuitable},
		{"clients", []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
			"CN=signing cannot authenticate servers: its extended key usage does not include serverAuth, so no peer accepts workload certificates under it", unsuitable, ""},
		{"programs", []x509.ExtKeyUsage{x509.ExtKeyUsageCodeSigning},
			"CN=signing cannot authenticate servers and clients: its extended key usage does not include serverAuth and clientAuth, so no peer accepts workload certificates under it", unsuitable, unsuitable},
		{"any", []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
			"CN=signing cannot authenticate servers and clients: its extended key usage does not include serverAuth and clientAuth, so no peer accepts workload certificates under it; " +
				"proxies ignore anyExtendedKeyUsage", unsuitable, unsuitable},
	} {
		t.Run(c.name, func(t *testing.T) {
			root := forge(t, nil, "root", nil)
			signing := forge(t, &root, "signing", func(s *x509.Certificate) { s.ExtKeyUsage = c.usages })
			bundle := under(t, root, signing)
			if c.want == "" {
				wantError(t, bundle.Check(noon()), "")
			} else {
				wantRefusal(t, bundle.Check(noon()), trust.FaultUsage, c.want, remedy)
			}
			wantWorkloads(t, bundle, signing, c.server, c.client)
		})
	}
}

// TestUsagesOfEveryAuthorityCount has them in a root, which verifiers look at as well.
func TestUsagesOfEveryAuthorityCount(t *testing.T) {
	root := forge(t, nil, "root", func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} })
	signing := forge(t, &root, "signing", nil)
	bundle := under(t, root, signing)
	wantRefusal(t, bundle.Check(noon()), trust.FaultUsage,
		"CN=root cannot authenticate clients: its extended key usage does not include clientAuth, so no peer accepts workload certificates under it",
		"have CN=root sign it again without extendedKeyUsage, or with serverAuth and clientAuth")
	wantWorkloads(t, bundle, signing, "", "error 26 at 2 depth lookup")
}

// TestOneWayIsEnough has a second certificate of the same authority, without the fault of the first.
func TestOneWayIsEnough(t *testing.T) {
	root := forge(t, nil, "root", nil)
	limited := forge(t, &root, "policy", func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} })
	free := forgeFor(t, &root, limited.signer, "policy", nil)
	signing := forge(t, &limited, "signing", nil)
	bundle := trust.NewBundle(signing.Certificate, []*x509.Certificate{limited.Certificate, free.Certificate}, root.pem(), trust.Key{})
	wantError(t, bundle.Check(noon()), "")
}

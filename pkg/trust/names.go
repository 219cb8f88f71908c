package trust

import (
	"crypto/x509"
	"slices"
	"strings"
)

// Names are the names in certificates that istiod signs. The name constraints of every authority above must permit
// them.
type Names struct {
	// TrustDomain of the workloads: spiffe://<trust domain>/ns/...
	TrustDomain string
	// Namespace of istiod, whose own certificate is for istiod.<namespace>.svc.
	Namespace string
	// Ambient is set if any cluster of the mesh has ztunnels, which verify the certificates of all clusters.
	Ambient bool
}

// CheckNames rejects a bundle whose name constraints exclude these names (RFC 5280 section 4.2.1.10). istiod does not
// check: it signs such certificates, and the connections fail. Bundles that Check rejects pass.
func (b Bundle) CheckNames(names Names) error {
	p, err := b.parse()
	if err != nil {
		return nil //nolint:nilerr // Check reports it
	}
	ways, err := p.chains(p.begin())
	if err != nil {
		return nil //nolint:nilerr // Check reports it
	}
	return names.checkChains(ways)
}

// checkChains requires a chain to a root in which no authority excludes the names.
func (n Names) checkChains(ways [][]*x509.Certificate) error {
	_, err := passable(ways, func(way []*x509.Certificate) error {
		for _, certificate := range way {
			if err := n.check(certificate); err != nil {
				return err
			}
		}
		return nil
	})
	return err
}

// check checks one authority. ztunnel rejects every URI if URIs are constrained at all, permitted or not (rustls-webpki
// 0.103 src/subject_name/mod.rs).
func (n Names) check(c *x509.Certificate) error {
	remedy := "have " + issuer(c) + " sign it again without name constraints, " +
		"or with a permitted URI and DNS name that match"
	istiod := "istiod." + n.Namespace + ".svc"
	switch {
	case n.Ambient && len(c.PermittedURIDomains)+len(c.ExcludedURIDomains) > 0:
		return refuse(FaultNames, "have "+issuer(c)+" sign it again without constraints of URIs",
			"%s constrains URIs, and ztunnels reject every workload certificate under such a CA", subject(c))
	case !permits(c.PermittedURIDomains, c.ExcludedURIDomains, n.TrustDomain, matchesURI):
		return refuse(FaultNames, remedy,
			"the name constraints of %s exclude spiffe://%s, so no peer accepts workload certificates under it",
			subject(c), shown(n.TrustDomain))
	case !permits(c.PermittedDNSDomains, c.ExcludedDNSDomains, istiod, matchesDNS):
		return refuse(FaultNames, remedy,
			"the name constraints of %s exclude %s, so no proxy accepts istiod's certificate", subject(c), shown(istiod))
	}
	return nil
}

// permits reports whether all verifiers accept a host. Go and OpenSSL disagree on whether a URI constraint includes
// subdomains: a host that either rejects is rejected.
func permits(permitted, excluded []string, host string, matches func(constraint, host string) bool) bool {
	if slices.ContainsFunc(excluded, func(constraint string) bool { return matchesDNS(constraint, host) }) {
		return false
	}
	hasHost := func(constraint string) bool { return matches(constraint, host) }
	return len(permitted) == 0 || slices.ContainsFunc(permitted, hasHost)
}

// matchesURI matches a URI constraint: a host, or with a leading period the hosts below it.
func matchesURI(constraint, host string) bool {
	constraint, host = strings.ToLower(constraint), strings.ToLower(host)
	if strings.HasPrefix(constraint, ".") {
		return strings.HasSuffix(host, constraint)
	}
	return constraint == host
}

// matchesDNS matches a DNS constraint: a host and those below it. An empty constraint matches all.
func matchesDNS(constraint, host string) bool {
	constraint, host = strings.ToLower(strings.TrimPrefix(constraint, ".")), strings.ToLower(host)
	return constraint == "" || constraint == host || strings.HasSuffix(host, "."+constraint)
}

package trust

import (
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"time"
)

// remedySigned describes how to request a signing certificate. An authority's extended key usage limits everything
// below it, so it is best omitted.
const remedySigned = "sign it with basicConstraints=critical,CA:true and keyUsage=critical,keyCertSign,cRLSign, " +
	"and without extendedKeyUsage"

// checkSigning verifies the chain from the certificate to a root, as istiod and the proxies do, and returns all chains
// that they accept.
func (p parsed) checkSigning(now time.Time) ([][]*x509.Certificate, error) {
	if err := errors.Join(checkAuthorized(p.signing), p.checkDates(now), p.checkOrder()); err != nil {
		return nil, err // the verifier's error would be less specific
	}
	ways, err := p.chains(now)
	if err != nil {
		return nil, fmt.Errorf("cannot verify the cert with the provided root chain and cert pool: %w", p.explain(err))
	}
	return passable(ways, func(way []*x509.Certificate) error {
		return errors.Join(checkPathLength(way), checkUsages(way))
	})
}

// chains returns the chains from the certificate to a root, whatever their extended key usages.
func (p parsed) chains(now time.Time) ([][]*x509.Certificate, error) {
	options := verifyOptions(p.chain, p.roots, now)
	options.KeyUsages = []x509.ExtKeyUsage{x509.ExtKeyUsageAny}
	return p.signing.Verify(options)
}

// passable returns the chains without a fault. If there is none, it returns the faults of the first.
func passable(ways [][]*x509.Certificate, check func([]*x509.Certificate) error) ([][]*x509.Certificate, error) {
	var kept [][]*x509.Certificate
	var first error
	for _, way := range ways {
		switch err := check(way); {
		case err == nil:
			kept = append(kept, way)
		case first == nil:
			first = err
		}
	}
	if len(kept) > 0 {
		return kept, nil
	}
	return nil, first
}

func checkAuthorized(signing *x509.Certificate) error {
	if !mayCertify(signing) {
		return refuse(FaultNoAuthority, remedySigned, "certificate is not authorized to sign other certificates")
	}
	return nil
}

// mayCertify reports whether the verifier accepts a certificate as an issuer.
func mayCertify(certificate *x509.Certificate) bool {
	usage := certificate.KeyUsage == 0 || certificate.KeyUsage&x509.KeyUsageCertSign != 0
	return certificate.IsCA && certificate.BasicConstraintsValid && usage
}

func (p parsed) checkDates(now time.Time) error {
	var errs []error
	for i, certificate := range unique(append([]*x509.Certificate{p.signing}, p.chain...)) {
		switch {
		case now.After(certificate.NotAfter):
			errs = append(errs, refuse(FaultExpired, "have "+issuer(certificate)+" sign a new certificate for the same key",
				"cert chain has expired: certificate %d (%s) on %s", i+1, subject(certificate), day(certificate.NotAfter)))
		case now.Before(certificate.NotBefore):
			errs = append(errs, refuse(FaultNotYetValid, "check the clocks of this machine and of the CA; or wait until then",
				"certificate %d of the chain (%s) is not valid before %s", i+1, subject(certificate), day(certificate.NotBefore)))
		}
	}
	return errors.Join(errs...)
}

// checkOrder requires each certificate to precede its issuer (RFC 5246 section 7.4.2). istiod accepts any order, but
// takes the first one's validity as the limit of what it signs, and peers of proxies need not sort what they receive.
// Additional certificates are harmless.
func (p parsed) checkOrder() error {
	const remedy = "put the certificate of " + CACertFile + " into " + CertChainFile + " first, " +
		"and after each certificate its signer"
	if !p.chain[0].Equal(p.signing) {
		return refuse(FaultOrder, remedy,
			"%s does not begin with the certificate in %s: proxies send the chain unchanged after their own "+
				"certificate", CertChainFile, CACertFile)
	}
	for i, certificate := range p.chain[:len(p.chain)-1] {
		signs := func(c *x509.Certificate) bool { return issued(c, certificate) }
		if !selfSigned(certificate) && !signs(p.chain[i+1]) && slices.ContainsFunc(p.chain, signs) {
			return refuse(FaultOrder, remedy,
				"%s is out of order: certificate %d did not sign certificate %d, but another one did", CertChainFile, i+2, i+1)
		}
	}
	return nil
}

func verifyOptions(chain, roots []*x509.Certificate, now time.Time) x509.VerifyOptions {
	options := x509.VerifyOptions{Roots: x509.NewCertPool(), Intermediates: x509.NewCertPool(), CurrentTime: now}
	for _, root := range roots {
		options.Roots.AddCert(root)
	}
	for _, certificate := range chain {
		options.Intermediates.AddCert(certificate)
	}
	return options
}

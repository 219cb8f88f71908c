package trust

import (
	"bytes"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// explain finds where a chain breaks. The verifier reports only that there is no valid chain.
func (p parsed) explain(err error) error {
	if _, ok := errors.AsType[x509.UnhandledCriticalExtension](err); ok {
		return p.explainExtension()
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); !ok {
		return &Refusal{Fault: FaultUnverified, text: sanitized(err).Error()}
	}
	known := unique(slices.Concat(p.chain, p.roots))
	at := p.signing
	for range len(known) + 1 {
		next := slices.IndexFunc(known, func(c *x509.Certificate) bool { return !c.Equal(at) && issued(c, at) })
		if next < 0 {
			return p.explainBreak(at, known, err)
		}
		at = known[next]
	}
	return &Refusal{Fault: FaultUnverified, text: sanitized(err).Error()} // authorities that signed each other
}

// explainBreak explains why the chain does not continue from a certificate.
func (p parsed) explainBreak(at *x509.Certificate, known []*x509.Certificate, err error) error {
	if isRoot(at) {
		return refuse(FaultUnverified, "add that root to "+RootCertFile+" if the mesh should trust it; or get a "+
			"certificate under an existing root",
			"it chains to root %s (SHA-256 %s), but %s contains %s", subject(at), Fingerprint(at), RootCertFile,
			namesOf(p.roots))
	}
	above := slices.IndexFunc(known, func(c *x509.Certificate) bool { return bytes.Equal(c.RawSubject, at.RawIssuer) })
	if above < 0 {
		return refuse(FaultUnverified,
			"add the certificate of "+issuer(at)+" to "+CertChainFile+", or to "+RootCertFile+" if it is the root",
			"%s signed %s, but is neither in %s nor in %s, which contains %s", issuer(at), subject(at), CertChainFile,
			RootCertFile, namesOf(p.roots))
	}
	return explainSignature(at, known[above], err)
}

// explainSignature reports a certificate whose name matches but which did not sign the one below it.
func explainSignature(at, above *x509.Certificate, err error) error {
	reason := at.CheckSignatureFrom(above)
	if _, ok := errors.AsType[x509.InsecureAlgorithmError](reason); ok {
		return &Refusal{Fault: FaultWeak, text: sanitized(err).Error()}
	}
	if _, ok := errors.AsType[x509.ConstraintViolationError](reason); ok {
		return refuse(FaultNoAuthority, remedySigned, "%s is not allowed to sign certificates, but signed %s",
			subject(above), subject(at))
	}
	return refuse(FaultUnverified,
		subject(above)+" was re-created: use the certificate whose key signed "+subject(at)+", or sign that one again",
		"another key named %[1]s than the existing one (SHA-256 %[3]s) signed %[2]s", subject(above), subject(at),
		Fingerprint(above))
}

// explainExtension reports the certificate with a critical extension that Go does not support.
func (p parsed) explainExtension() error {
	for _, certificate := range slices.Concat([]*x509.Certificate{p.signing}, p.chain, p.roots) {
		if extensions := certificate.UnhandledCriticalExtensions; len(extensions) > 0 {
			return refuse(FaultNames, "have "+issuer(certificate)+" sign it again without that extension",
				"%s has a critical extension %s that istiod cannot verify%s", subject(certificate), extensions[0],
				extensionName(extensions[0].String()))
		}
	}
	return &Refusal{Fault: FaultUnverified, text: x509.UnhandledCriticalExtension{}.Error()}
}

func extensionName(id string) string {
	if id == "2.5.29.30" { // RFC 5280 section 4.2.1.10
		return ": name constraints other than those of DNS names, IP addresses, mail and URIs"
	}
	return ""
}

// namesOf lists the first few certificates.
func namesOf(certificates []*x509.Certificate) string {
	const most, longest = 3, 80
	var names []string
	for i, certificate := range certificates {
		if i == most {
			names = append(names, fmt.Sprintf("%d more", len(certificates)-most))
			break
		}
		names = append(names, clip(subject(certificate), longest))
	}
	return strings.Join(names, ", ")
}

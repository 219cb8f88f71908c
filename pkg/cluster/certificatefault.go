package cluster

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"strings"
)

// CertificateFaultKind is which verification failed. The remedy depends on it.
type CertificateFaultKind string

// Kinds. Verifiers compare the name before they look up the authority: if the name is wrong, the authority may be
// right.
const (
	// FaultName: the certificate is for other names than the requested one.
	FaultName CertificateFaultKind = "name"
	// FaultNoName: it has no subject alternative name. Common names are ignored (Go since 1.17, and therefore Kubernetes).
	FaultNoName CertificateFaultKind = "noName"
	// FaultExpired, FaultEarly: it has expired, or is not valid yet according to the local clock.
	FaultExpired CertificateFaultKind = "expired"
	FaultEarly   CertificateFaultKind = "early"
	// FaultUsage: it, or an authority above it, is not for servers.
	FaultUsage CertificateFaultKind = "usage"
	// FaultAlgorithm: its signature algorithm is no longer accepted, such as SHA-1.
	FaultAlgorithm CertificateFaultKind = "algorithm"
	// FaultAuthority: the trusted authority did not sign it.
	FaultAuthority CertificateFaultKind = "authority"
	// FaultOther: it violates another rule, which the error describes.
	FaultOther CertificateFaultKind = "other"
)

// CertificateFault is why a client rejects a server's certificate. The zero value is none.
type CertificateFault struct {
	Kind CertificateFaultKind
	// Names in the certificate, including addresses, with FaultName.
	Names []string
	// Date of FaultExpired and FaultEarly, as YYYY-MM-DD.
	Date string
}

// CertificateFaultOf classifies a request's error.
func CertificateFaultOf(err error) CertificateFault {
	if host, ok := errors.AsType[x509.HostnameError](err); ok {
		return nameFault(host.Certificate)
	}
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok {
		return invalidFault(invalid)
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return authorityFault(err)
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return CertificateFault{Kind: FaultOther}
	}
	return CertificateFault{}
}

func nameFault(certificate *x509.Certificate) CertificateFault {
	fault := CertificateFault{Kind: FaultNoName}
	if certificate == nil {
		return fault
	}
	fault.Names = append(fault.Names, certificate.DNSNames...)
	for _, address := range certificate.IPAddresses {
		fault.Names = append(fault.Names, address.String())
	}
	if len(fault.Names) > 0 {
		fault.Kind = FaultName
	}
	return fault
}

// invalidFault distinguishes the two cases of Expired by their text, "current time … is before …" (crypto/x509
// verify.go).
func invalidFault(invalid x509.CertificateInvalidError) CertificateFault {
	switch invalid.Reason {
	case x509.Expired:
		const day = "2006-01-02"
		if invalid.Cert == nil {
			return CertificateFault{Kind: FaultOther}
		}
		if strings.Contains(invalid.Detail, " is before ") {
			return CertificateFault{Kind: FaultEarly, Date: invalid.Cert.NotBefore.UTC().Format(day)}
		}
		return CertificateFault{Kind: FaultExpired, Date: invalid.Cert.NotAfter.UTC().Format(day)}
	case x509.IncompatibleUsage, x509.CANotAuthorizedForExtKeyUsage:
		return CertificateFault{Kind: FaultUsage}
	default:
		return CertificateFault{Kind: FaultOther}
	}
}

// authorityFault: only the error text contains the authority with the right name whose signature is invalid
// (crypto/x509 verify.go, UnknownAuthorityError).
func authorityFault(err error) CertificateFault {
	if strings.Contains(err.Error(), "insecure algorithm") {
		return CertificateFault{Kind: FaultAlgorithm}
	}
	return CertificateFault{Kind: FaultAuthority}
}

// ServerName returns a name in the certificate that a client can expect instead of the requested one; empty if none is
// usable.
func (f CertificateFault) ServerName() string {
	for _, name := range f.Names {
		if !strings.Contains(name, "*") {
			return name
		}
	}
	return ""
}

// Remedy is how the server's owner fixes the certificate. It is empty if the caller can be at fault: with the requested
// name, or the trusted authority.
func (f CertificateFault) Remedy() string {
	switch f.Kind {
	case FaultNoName:
		return "re-issue the server's certificate with the called name or address as a subject alternative name: " +
			"the common name is ignored"
	case FaultExpired:
		return "renew the server's certificate, which expired on " + f.Date +
			" (kubeadm certs renew apiserver, if kubeadm created it); if it is still valid, correct the clock of this machine"
	case FaultEarly:
		return "correct the clock of this machine: the server's certificate is valid from " + f.Date + " on"
	case FaultUsage:
		return "re-issue the server's certificate for servers (extended key usage serverAuth), " +
			"by a CA that can issue such certificates"
	case FaultAlgorithm:
		return "re-issue the server's certificate with a SHA-256 signature or better"
	case FaultOther:
		return "re-issue the server's certificate without the fault in the error"
	case FaultName, FaultAuthority:
	}
	return ""
}

package cluster

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"strings"
)

// CertificateFaultKind says which of the things that a client verifies does not hold. What helps differs with it.
type CertificateFaultKind string

// The kinds. A name is compared before anybody looks for the authority: where it differs the authority may well be
// right.
const (
	// FaultName: the certificate is for other names than the one that was called.
	FaultName CertificateFaultKind = "name"
	// FaultNoName: it has no subject alternative name. A common name no longer counts (Go since 1.17, and so
	// Kubernetes).
	FaultNoName CertificateFaultKind = "noName"
	// FaultExpired, FaultEarly: its time is over, or has not come by the clock of this machine.
	FaultExpired CertificateFaultKind = "expired"
	FaultEarly   CertificateFaultKind = "early"
	// FaultUsage: it, or an authority above it, is not meant for servers.
	FaultUsage CertificateFaultKind = "usage"
	// FaultAlgorithm: its signature is of an algorithm that no longer counts, such as SHA-1.
	FaultAlgorithm CertificateFaultKind = "algorithm"
	// FaultAuthority: the authority that is trusted has not signed it.
	FaultAuthority CertificateFaultKind = "authority"
	// FaultOther: it breaks another rule, which the error names.
	FaultOther CertificateFaultKind = "other"
)

// CertificateFault is why a client does not take the certificate of a server. The zero value is none.
type CertificateFault struct {
	Kind CertificateFaultKind
	// Names that the certificate has, with FaultName. Addresses are names too.
	Names []string
	// Date of FaultExpired and FaultEarly, as YYYY-MM-DD.
	Date string
}

// CertificateFaultOf finds out what an error of a request says of the certificate of the server.
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

// invalidFault tells the two sorts of Expired apart by their text, "current time … is before …" (crypto/x509
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

// authorityFault: an authority of the right name whose signature cannot be verified is named in the text alone
// (crypto/x509 verify.go, UnknownAuthorityError).
func authorityFault(err error) CertificateFault {
	if strings.Contains(err.Error(), "insecure algorithm") {
		return CertificateFault{Kind: FaultAlgorithm}
	}
	return CertificateFault{Kind: FaultAuthority}
}

// ServerName is the name of the certificate that a client may expect instead of the one that it calls; empty where it
// has none that can be written.
func (f CertificateFault) ServerName() string {
	for _, name := range f.Names {
		if !strings.Contains(name, "*") {
			return name
		}
	}
	return ""
}

// Remedy is what the owner of the server does about the certificate. It is empty where the fault may as well be that
// of who calls: of the name that is called, or the authority that is trusted.
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

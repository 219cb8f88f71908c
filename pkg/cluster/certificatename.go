package cluster

import (
	"crypto/x509"
	"errors"
)

// CertificateNames are the names of the server's certificate where an error says that the one that was called is none of
// them: then the certificate authority may well be right. The addresses of a certificate are names too.
func CertificateNames(err error) (names []string, mismatch bool) {
	var host x509.HostnameError
	if !errors.As(err, &host) || host.Certificate == nil {
		return nil, false
	}
	names = append(names, host.Certificate.DNSNames...)
	for _, address := range host.Certificate.IPAddresses {
		names = append(names, address.String())
	}
	return names, true
}

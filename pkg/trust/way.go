package trust

import (
	"crypto/x509"
	"slices"
	"strings"
)

// checkPathLength checks the path lengths of a chain for a certificate below the signing one, which istiod does not.
func checkPathLength(way []*x509.Certificate) error {
	for below, certificate := range way {
		limited := certificate.MaxPathLen > 0 || certificate.MaxPathLenZero
		if limited && certificate.MaxPathLen < below {
			return refuse(FaultPathLength, "have "+subject(certificate)+" sign workload certificates directly, or sign it "+
				"again with a longer path length",
				"too many intermediates for path length constraint: istiod starts with it, but no peer accepts its certificates")
		}
	}
	return nil
}

// checkUsages requires every certificate of a chain to allow what workloads are: servers and clients. Like Go by
// default, istiod verifies only server use, and starts with a chain that lacks clientAuth; proxies verify a caller's
// certificate for client use (envoy source/common/tls/cert_validator/default_validator.cc, ssl_client), for which
// BoringSSL and OpenSSL require clientAuth of each authority that has an extended key usage, and do not accept
// anyExtendedKeyUsage instead (openssl verify -purpose sslclient: error 26).
func checkUsages(way []*x509.Certificate) error {
	for _, certificate := range way {
		if len(certificate.ExtKeyUsage)+len(certificate.UnknownExtKeyUsage) == 0 {
			continue
		}
		var whom, lacks []string
		for _, usage := range []struct {
			usage      x509.ExtKeyUsage
			whom, name string
		}{
			{usage: x509.ExtKeyUsageServerAuth, whom: "servers", name: "serverAuth"},
			{usage: x509.ExtKeyUsageClientAuth, whom: "clients", name: "clientAuth"},
		} {
			if !slices.Contains(certificate.ExtKeyUsage, usage.usage) {
				whom, lacks = append(whom, usage.whom), append(lacks, usage.name)
			}
		}
		if lacks != nil {
			return refuse(FaultUsage, "have "+issuer(certificate)+" sign it again without extendedKeyUsage, or with "+
				"serverAuth and clientAuth",
				"%s cannot authenticate %s: its extended key usage does not include %s, so no peer accepts workload certificates "+
					"under it%s",
				subject(certificate), strings.Join(whom, " and "), strings.Join(lacks, " and "), anyUsage(certificate))
		}
	}
	return nil
}

func anyUsage(certificate *x509.Certificate) string {
	if slices.Contains(certificate.ExtKeyUsage, x509.ExtKeyUsageAny) {
		return "; proxies ignore anyExtendedKeyUsage"
	}
	return ""
}

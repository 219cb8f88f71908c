package trust

import (
	"crypto/x509"
	"fmt"
)

// checkStrength rejects weaknesses that Go's verifier accepts in roots, and published keys.
func checkStrength(certificate *x509.Certificate) error {
	if err := checkPublic(certificate.PublicKey); err != nil {
		return fmt.Errorf("%s: %w", subject(certificate), err)
	}
	if isBroken(certificate.SignatureAlgorithm) {
		return refuse(FaultWeak,
			"have "+issuer(certificate)+" sign it again with SHA-256", "%s: the signature is %s, which is no longer accepted",
			subject(certificate), certificate.SignatureAlgorithm)
	}
	if err := checkSampleKey(certificate.PublicKey); err != nil {
		return fmt.Errorf("%s: %w", subject(certificate), err)
	}
	return nil
}

func isBroken(algorithm x509.SignatureAlgorithm) bool {
	switch algorithm {
	case x509.MD2WithRSA, x509.MD5WithRSA, x509.SHA1WithRSA, x509.ECDSAWithSHA1, x509.DSAWithSHA1:
		return true
	default:
		return false
	}
}

package trust

import (
	"bytes"
	"crypto/x509"
	"errors"
	"slices"
)

// isRoot reports whether a certificate claims to be self-signed, by OpenSSL's criteria: its names and key IDs. The
// actual signature does not matter, because verifiers trust roots as given.
func isRoot(c *x509.Certificate) bool {
	same := len(c.AuthorityKeyId) == 0 || bytes.Equal(c.AuthorityKeyId, c.SubjectKeyId)
	return same && bytes.Equal(c.RawSubject, c.RawIssuer)
}

// checkRoots rejects certificates that are not roots, and roots that verifiers could confuse.
func checkRoots(roots, chain []*x509.Certificate) error {
	roots = unique(roots)
	var errs []error
	for _, root := range roots {
		errs = append(errs, checkRoot(root, roots))
	}
	return errors.Join(append(errs, checkAlike(roots, chain))...)
}

// checkRoot requires a self-signed certificate that may sign others. istiod, Envoy and ztunnel would also trust an
// intermediate, but then the root above it, by which people know the authority and which they pin, is missing, and
// anything that verifies like OpenSSL's default rejects every workload (openssl verify: error 2, unable to get issuer
// certificate).
func checkRoot(root *x509.Certificate, roots []*x509.Certificate) error {
	isItself := func(c *x509.Certificate) bool { return isRoot(c) && sameHolder(c, root) }
	switch {
	case !isRoot(root) && slices.ContainsFunc(roots, isItself):
		return refuse(FaultNoRoot, "remove the certificate that "+issuer(root)+" signed from "+RootCertFile,
			"%s: %s is listed twice: as a root, and cross-signed by %s", RootCertFile, subject(root), issuer(root))
	case !isRoot(root):
		return refuse(FaultNoRoot, "replace it with the certificate of "+issuer(root)+", and add this one to "+CertChainFile+
			"; to trust nothing else under "+issuer(root)+", self-sign this one: openssl x509 -signkey",
			"%s: %s is not a root: %s signed it", RootCertFile, subject(root), issuer(root))
	case !maySign(root):
		return refuse(FaultNoAuthority,
			"replace it with the certificate of the authority there, with basicConstraints=critical,CA:true and "+
				"keyUsage=critical,keyCertSign",
			"%s: %s is not allowed to sign certificates", RootCertFile, subject(root))
	}
	return nil
}

// maySign reports whether Go's verifier accepts a root as a signer: X.509 version 1 has no extension for it.
func maySign(root *x509.Certificate) bool { return root.Version < 3 || mayCertify(root) }

func sameHolder(a, b *x509.Certificate) bool {
	return bytes.Equal(a.RawSubject, b.RawSubject) && samePublicKey(a.PublicKey, b.PublicKey)
}

// checkAlike rejects roots with the same name and different keys if a certificate below does not identify which of them
// signed it. OpenSSL and BoringSSL try only one of them (openssl verify: bad signature).
func checkAlike(roots, chain []*x509.Certificate) error {
	for i, root := range roots {
		for _, other := range roots[i+1:] {
			if !bytes.Equal(root.RawSubject, other.RawSubject) || samePublicKey(root.PublicKey, other.PublicKey) {
				continue
			}
			for _, below := range chain {
				if confusable(below, root, other) || confusable(below, other, root) {
					return refuse(FaultAmbiguous,
						"sign it again with authorityKeyIdentifier=keyid, under a root with subjectKeyIdentifier=hash",
						"%s has two roots named %s, and %s does not identify its signer: proxies try only one",
						RootCertFile, subject(root), subject(below))
				}
			}
		}
	}
	return nil
}

// confusable reports whether a verifier could take other for the issuer of a certificate that root signed.
func confusable(below, root, other *x509.Certificate) bool {
	if !bytes.Equal(below.RawIssuer, root.RawSubject) || isRoot(below) || !issued(root, below) {
		return false
	}
	return len(below.AuthorityKeyId) == 0 || len(other.SubjectKeyId) == 0 ||
		bytes.Equal(below.AuthorityKeyId, other.SubjectKeyId)
}

package trust

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"time"
)

// Inspection is the result of all checks of a bundle that need no clock.
type Inspection struct {
	// Problem is the error of CheckOnce and CheckNames; nil if both accept the bundle.
	Problem error
	// NotBefore and NotAfter are when istiod can sign with the bundle: from when all certificates of the chain are valid,
	// until the first of them expires. If there are several chains, this is the one that is valid longest. Both are zero
	// if there is none.
	NotBefore, NotAfter time.Time
	// KeySHA256 is the SHA-256 of the signing certificate's public key, in lower-case hexadecimal digits, which must
	// differ between clusters. Empty if the certificate cannot be parsed.
	KeySHA256 string
}

// Inspect runs all checks and parses the bundle only once: a mesh has many.
func (b Bundle) Inspect(names Names) Inspection {
	p, err := b.parse()
	if err != nil {
		return Inspection{Problem: b.CheckOnce()}
	}
	found := Inspection{KeySHA256: publicSHA256(p.signing)}
	ways, err := p.check(b.Key, p.begin())
	if err == nil {
		err = names.checkChains(ways)
	}
	found.Problem = err
	found.NotBefore, found.NotAfter = validity(ways)
	return found
}

func publicSHA256(certificate *x509.Certificate) string {
	sum := sha256.Sum256(certificate.RawSubjectPublicKeyInfo)
	return hex.EncodeToString(sum[:])
}

// check is Check for parsed certificates. It also returns the accepted chains.
func (p parsed) check(key Key, now time.Time) ([][]*x509.Certificate, error) {
	ways, err := p.checkSigning(now)
	errs := []error{checkKey(p.signing, key), checkRoots(p.roots, p.chain), err}
	for _, certificate := range p.all() {
		errs = append(errs, checkStrength(certificate))
	}
	return ways, errors.Join(errs...)
}

func validity(ways [][]*x509.Certificate) (from, until time.Time) {
	for _, way := range ways {
		begin, end := way[0].NotBefore, way[0].NotAfter
		for _, certificate := range way[1:] {
			if certificate.NotBefore.After(begin) {
				begin = certificate.NotBefore
			}
			if certificate.NotAfter.Before(end) {
				end = certificate.NotAfter
			}
		}
		if end.After(until) {
			from, until = begin, end
		}
	}
	return from, until
}

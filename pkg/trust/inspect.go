package trust

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"time"
)

// Inspection is all that can be said of a bundle without a clock.
type Inspection struct {
	// Problem is what CheckOnce and CheckNames refuse; none where both accept the bundle.
	Problem error
	// NotBefore and NotAfter are the time for which istiod can sign with it: from when all certificates on
	// the way to a root are valid, until the first of them expires. Of several ways it is the one that
	// lasts longest. They are zero where there is no way.
	NotBefore, NotAfter time.Time
	// KeySHA256 is the SHA-256 of the public key that signs, in lower-case hexadecimal digits: no two
	// clusters may have the same. It is empty where the certificate cannot be read.
	KeySHA256 string
}

// Inspect looks at a bundle once for everything: a mesh has many.
func (b Bundle) Inspect(names Names) Inspection {
	p, err := b.parse()
	if err != nil {
		return Inspection{Problem: b.CheckOnce()}
	}
	found := Inspection{KeySHA256: publicSHA256(p.signing)}
	ways, err := p.check(b.Key, p.begin())
	if err == nil {
		err = names.checkWays(ways)
	}
	found.Problem = err
	found.NotBefore, found.NotAfter = validity(ways)
	return found
}

func publicSHA256(certificate *x509.Certificate) string {
	sum := sha256.Sum256(certificate.RawSubjectPublicKeyInfo)
	return hex.EncodeToString(sum[:])
}

// check is Check of certificates that can be read. It returns the ways to a root that are accepted, too.
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

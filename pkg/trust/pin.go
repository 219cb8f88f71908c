package trust

import (
	"crypto/x509"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Root is a trusted root, and the clusters that sign below it.
type Root struct {
	Status
	// KeySHA256 is the SHA-256 of its public key, in lower-case hexadecimal digits. Some tools call this the fingerprint;
	// it is not what spec.trust.ca.roots pins.
	KeySHA256 string
	// Signs are the clusters whose chain leads to this root, sorted.
	Signs []string
}

// Roots describes the roots in root-cert.pem, in order and without duplicates. Their SHA256 is what spec.trust.ca.roots
// pins. Unreadable chains are left out; Check reports them.
func Roots(root []byte, bundles map[string]Bundle) ([]Root, error) {
	certificates, err := ParseCertificates(root)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", RootCertFile, err)
	}
	certificates = unique(certificates)
	roots := make([]Root, len(certificates))
	for i, certificate := range certificates {
		roots[i] = Root{Status: Describe("", certificate), KeySHA256: publicSHA256(certificate)}
	}
	for _, cluster := range slices.Sorted(maps.Keys(bundles)) {
		chain, err := ParseCertificates(bundles[cluster].Chain)
		if err != nil {
			continue
		}
		for i, certificate := range certificates {
			if leadsToRoot(chain, certificate) {
				roots[i].Signs = append(roots[i].Signs, cluster)
			}
		}
	}
	return roots, nil
}

// Fingerprints returns the pins of all roots in a file, in order and without duplicates.
func Fingerprints(root []byte) ([]string, error) {
	roots, err := Roots(root, nil)
	if err != nil {
		return nil, err
	}
	pins := make([]string, len(roots))
	for i := range roots {
		pins[i] = roots[i].SHA256
	}
	return pins, nil
}

// Join adds the pinned roots among theirs to ours, byte for byte like AddRoot: the roots of another mesh, or of an
// istiod that signs under its own root. A reviewer has approved the pins. Roots that ours already contains are skipped.
// Join rejects the roots that Check rejects.
func Join(ours, theirs []byte, pinned []string, now time.Time) ([]byte, error) {
	mine, err := ParseCertificates(ours)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", RootCertFile, err)
	}
	others, err := ParseCertificates(theirs)
	if err != nil {
		return nil, fmt.Errorf("read the roots to add: %w", err)
	}
	joined, errs := ours, []error{checkRoots(slices.Concat(mine, others), nil)}
	for _, root := range unique(others) {
		if contains(mine, root) {
			continue
		}
		errs = append(errs, checkStrength(root), checkNewRoot(root, pinned, now))
		joined = AddRoot(joined, root)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return joined, nil
}

func checkNewRoot(root *x509.Certificate, pinned []string, now time.Time) error {
	switch {
	case now.After(root.NotAfter):
		return refuse(FaultExpired,
			"rotate it before you add its successor", "root %s expired on %s", subject(root), day(root.NotAfter))
	case !slices.Contains(pinned, Fingerprint(root)):
		return refuse(FaultUnpinned,
			"compare the fingerprint with the owner of that root over another channel, and add it to spec.trust.ca.roots",
			"root %s (SHA-256 %s) is not pinned", subject(root), Fingerprint(root))
	}
	return nil
}

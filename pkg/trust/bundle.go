package trust

import (
	"bytes"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Names of the files in trust/ and of the keys in the Secret cacerts, as istiod reads them
// (istio security/pkg/pki/ca/ca.go).
const (
	CACertFile    = "ca-cert.pem"
	CAKeyFile     = "ca-key.pem"
	CertChainFile = "cert-chain.pem"
	RootCertFile  = "root-cert.pem"
)

// Bundle is what one istiod signs with. Its texts are kept byte for byte: istiod up to 1.29
// compares roots as bytes.
type Bundle struct {
	// CACert is the certificate that signs, Chain leads from it to a root, itself first.
	CACert, Chain []byte
	// Root holds the roots that the mesh trusts: two in a rotation, the older one first.
	Root []byte
	// Key belongs to CACert; the zero Key where the cluster alone has it.
	Key Key
}

// NewBundle puts a new certificate together with those above it.
func NewBundle(certificate *x509.Certificate, above []*x509.Certificate, root []byte, key Key) Bundle {
	chain := append([]*x509.Certificate{certificate}, above...)
	return Bundle{CACert: EncodeCertificates(certificate), Chain: EncodeCertificates(chain...), Root: root, Key: key}
}

// Public are the files that are no secret, by their names in the Secret.
func (b Bundle) Public() map[string][]byte {
	return map[string][]byte{CACertFile: b.CACert, CertChainFile: b.Chain, RootCertFile: b.Root}
}

// Certificate is the one that signs.
func (b Bundle) Certificate() (*x509.Certificate, error) {
	all, err := ParseCertificates(b.CACert)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", CACertFile, err)
	}
	return all[0], nil
}

// Check returns everything for which istiod refuses the bundle, in istiod's words
// (istio security/pkg/pki/util/keycertbundle.go, Verify), and what no mesh should rest on. The key
// is looked at where there is one.
func (b Bundle) Check(now time.Time) error {
	if missing := b.missing([]string{CACertFile, CertChainFile, RootCertFile}); missing != "" {
		return fmt.Errorf("incomplete signing CA bundle detected: %s missing", missing)
	}
	var errs []error
	parse := func(file string, text []byte) []*x509.Certificate {
		all, err := ParseCertificates(text)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", file, err))
		}
		return all
	}
	signing, chain, roots := parse(CACertFile, b.CACert), parse(CertChainFile, b.Chain), parse(RootCertFile, b.Root)
	if len(errs) > 0 {
		return errors.Join(errs...)
	}
	errs = append(errs, b.checkKey(signing[0]), checkSigning(signing[0], chain, roots, now))
	for _, certificate := range unique(slices.Concat(signing, chain, roots)) {
		errs = append(errs, checkStrength(certificate))
	}
	return errors.Join(errs...)
}

// missing lists which of the three pieces are, by their names in a layout.
func (b Bundle) missing(layout []string) string {
	var missing []string
	for i, text := range [][]byte{b.CACert, b.Chain, b.Root} {
		if len(bytes.TrimSpace(text)) == 0 {
			missing = append(missing, layout[i])
		}
	}
	return strings.Join(missing, ", ")
}

func (b Bundle) checkKey(certificate *x509.Certificate) error {
	if b.Key.IsZero() || samePublic(certificate.PublicKey, b.Key.Public()) {
		return nil
	}
	return errors.New("the cert does not match the key: private key does not match public key")
}

// checkSigning verifies the way from the certificate to a root, as istiod and the proxies do.
func checkSigning(signing *x509.Certificate, chain, roots []*x509.Certificate, now time.Time) error {
	if err := errors.Join(checkAuthorized(signing), checkDates(signing, chain, now), checkOrder(signing, chain)); err != nil {
		return err // the verifier would say the same in other words
	}
	ways, err := signing.Verify(verifyOptions(chain, roots, now))
	if err != nil {
		return fmt.Errorf("cannot verify the cert with the provided root chain and cert pool: %w", told(err))
	}
	if !slices.ContainsFunc(ways, allowsWorkloads) {
		return errors.New("too many intermediates for path length constraint: istiod starts with it, and no peer accepts what it signs")
	}
	return nil
}

// allowsWorkloads looks at the path lengths on the way to a root as they count for a certificate
// below the one that signs, which istiod does not do.
func allowsWorkloads(way []*x509.Certificate) bool {
	for below, certificate := range way {
		limited := certificate.MaxPathLen > 0 || certificate.MaxPathLenZero
		if limited && certificate.MaxPathLen < below {
			return false
		}
	}
	return true
}

func checkAuthorized(signing *x509.Certificate) error {
	if !mayCertify(signing) {
		return errors.New("certificate is not authorized to sign other certificates")
	}
	return nil
}

// mayCertify is what the verifier wants of every certificate that has signed another.
func mayCertify(certificate *x509.Certificate) bool {
	usage := certificate.KeyUsage == 0 || certificate.KeyUsage&x509.KeyUsageCertSign != 0
	return certificate.IsCA && certificate.BasicConstraintsValid && usage
}

func checkDates(signing *x509.Certificate, chain []*x509.Certificate, now time.Time) error {
	var errs []error
	for i, certificate := range unique(append([]*x509.Certificate{signing}, chain...)) {
		switch {
		case now.After(certificate.NotAfter):
			errs = append(errs, fmt.Errorf("cert chain has expired: certificate %d (%s) on %s", i+1, subject(certificate), day(certificate.NotAfter)))
		case now.Before(certificate.NotBefore):
			errs = append(errs, fmt.Errorf("certificate %d of the chain (%s) begins on %s", i+1, subject(certificate), day(certificate.NotBefore)))
		}
	}
	return errors.Join(errs...)
}

// checkOrder wants each certificate before the one that has signed it (RFC 5246 section 7.4.2).
// istiod takes any order; but it counts on the first one for the life of what it signs, and peers
// of proxies need not sort what they are shown. A certificate more does no harm.
func checkOrder(signing *x509.Certificate, chain []*x509.Certificate) error {
	if !chain[0].Equal(signing) {
		return fmt.Errorf("%s does not begin with the certificate in %s: proxies show the chain as it is behind their own certificate", CertChainFile, CACertFile)
	}
	for i, certificate := range chain[:len(chain)-1] {
		signs := func(c *x509.Certificate) bool { return issued(c, certificate) }
		if !selfSigned(certificate) && !signs(chain[i+1]) && slices.ContainsFunc(chain, signs) {
			return fmt.Errorf("%s is out of order: certificate %d has not signed certificate %d, and another one has", CertChainFile, i+2, i+1)
		}
	}
	return nil
}

func verifyOptions(chain, roots []*x509.Certificate, now time.Time) x509.VerifyOptions {
	options := x509.VerifyOptions{Roots: x509.NewCertPool(), Intermediates: x509.NewCertPool(), CurrentTime: now}
	for _, root := range roots {
		options.Roots.AddCert(root)
	}
	for _, certificate := range chain {
		options.Intermediates.AddCert(certificate)
	}
	return options
}

// checkStrength refuses what Go's verifier passes over in roots, and keys that are no secret.
func checkStrength(certificate *x509.Certificate) error {
	if err := checkPublic(certificate.PublicKey); err != nil {
		return fmt.Errorf("%s: %w", subject(certificate), err)
	}
	if isBroken(certificate.SignatureAlgorithm) {
		return fmt.Errorf("%s: the signature is %s, which nobody accepts any more", subject(certificate), certificate.SignatureAlgorithm)
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

// unique keeps the first of equal certificates.
func unique(all []*x509.Certificate) []*x509.Certificate {
	var kept []*x509.Certificate
	for _, certificate := range all {
		if !contains(kept, certificate) {
			kept = append(kept, certificate)
		}
	}
	return kept
}

func contains(all []*x509.Certificate, certificate *x509.Certificate) bool {
	return slices.ContainsFunc(all, certificate.Equal)
}

// longestSubject is enough for a common name, an organization and a locality of X.520's lengths.
const longestSubject = 240

// subject names a certificate; its text is somebody else's.
func subject(certificate *x509.Certificate) string {
	if name := certificate.Subject.String(); name != "" {
		return clip(name, longestSubject)
	}
	return "a certificate without a subject"
}

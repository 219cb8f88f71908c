package trust

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Names of the files in trust/ and of the keys in Secret cacerts, as istiod reads them (istio
// security/pkg/pki/ca/ca.go).
const (
	CACertFile    = "ca-cert.pem"
	CAKeyFile     = "ca-key.pem"
	CertChainFile = "cert-chain.pem"
	RootCertFile  = "root-cert.pem"
)

// Bundle is what one istiod signs with. Its texts are those of the files, byte for byte; clusters get only the
// certificates in them (Public).
type Bundle struct {
	// CACert is the signing certificate. Chain leads from it to a root, starting with CACert.
	CACert, Chain []byte
	// Root contains the trusted roots: two during a rotation, the older one first.
	Root []byte
	// Key of CACert; the zero Key if only the cluster has it.
	Key Key
}

// NewBundle combines a new certificate with the certificates above it.
func NewBundle(certificate *x509.Certificate, above []*x509.Certificate, root []byte, key Key) Bundle {
	chain := append([]*x509.Certificate{certificate}, above...)
	return Bundle{CACert: EncodeCertificates(certificate), Chain: EncodeCertificates(chain...), Root: root, Key: key}
}

// Public returns the files that are not secret, by their names in the Secret: the certificates, re-encoded. Text that
// people or tools write between certificates does not belong in a cluster, where it is not reviewed. A bundle of roots
// that contains another one as certificates also does as bytes, which istiod up to 1.29 compares.
func (b Bundle) Public() map[string][]byte {
	return map[string][]byte{
		CACertFile:    certificatesOnly(b.CACert),
		CertChainFile: certificatesOnly(b.Chain),
		RootCertFile:  certificatesOnly(b.Root),
	}
}

// certificatesOnly returns the certificates of a PEM text without the text around them.
func certificatesOnly(text []byte) []byte {
	var certificates bytes.Buffer
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if block.Type == certificateBlock {
			_ = pem.Encode(&certificates, &pem.Block{Type: certificateBlock, Bytes: block.Bytes}) // a buffer never fails
		}
	}
	return certificates.Bytes()
}

// Certificate returns the signing certificate.
func (b Bundle) Certificate() (*x509.Certificate, error) {
	all, err := ParseCertificates(b.CACert)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", CACertFile, err)
	}
	return all[0], nil
}

// Check returns every reason why istiod would reject the bundle, worded like istiod (istio
// security/pkg/pki/util/keycertbundle.go, Verify), and why proxies or ztunnels would reject what istiod signs with it.
// It checks the key if there is one. Each reason is a Refusal or a pemfile.Error, with its remedy.
func (b Bundle) Check(now time.Time) error {
	if missing := b.missing([]string{CACertFile, CertChainFile, RootCertFile}); missing != "" {
		return incomplete(missing, "")
	}
	p, err := b.parse()
	if err != nil {
		return err
	}
	_, err = p.check(b.Key, now)
	return err
}

// incomplete returns istiod's error for a bundle with missing files (istio pilot/pkg/bootstrap/istio_ca.go).
func incomplete(missing, there string) error {
	return refuse(FaultIncomplete, "istiod requires the certificate, its chain and the root: add "+missing,
		"incomplete signing CA bundle detected: %s missing%s", missing, there)
}

// missing lists the missing files, by their names in a layout.
func (b Bundle) missing(layout []string) string {
	var missing []string
	for i, text := range [][]byte{b.CACert, b.Chain, b.Root} {
		if len(bytes.TrimSpace(text)) == 0 {
			missing = append(missing, layout[i])
		}
	}
	return strings.Join(missing, ", ")
}

func checkKey(certificate *x509.Certificate, key Key) error {
	if key.IsZero() || samePublicKey(certificate.PublicKey, key.Public()) {
		return nil
	}
	return refuse(FaultKeyMismatch, "use the key of the certificate, or get a certificate for this key",
		"the cert does not match the key: private key does not match public key")
}

// parsed is a bundle with its certificates parsed.
type parsed struct {
	signing *x509.Certificate
	chain   []*x509.Certificate
	roots   []*x509.Certificate
}

func (b Bundle) parse() (parsed, error) {
	var errs []error
	read := func(file string, text []byte) []*x509.Certificate {
		all, err := ParseCertificates(text)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", file, err))
		}
		return all
	}
	signing, chain, roots := read(CACertFile, b.CACert), read(CertChainFile, b.Chain), read(RootCertFile, b.Root)
	if len(errs) > 0 {
		return parsed{}, errors.Join(errs...)
	}
	return parsed{signing: signing[0], chain: chain, roots: roots}, nil
}

// all returns the certificates of all files, without duplicates.
func (p parsed) all() []*x509.Certificate {
	return unique(slices.Concat([]*x509.Certificate{p.signing}, p.chain, p.roots))
}

// begin returns the first moment at which all certificates have become valid.
func (p parsed) begin() time.Time {
	var begin time.Time
	for _, certificate := range p.all() {
		if certificate.NotBefore.After(begin) {
			begin = certificate.NotBefore
		}
	}
	return begin
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

// longestSubject fits a common name, an organization and a locality of X.520's maximum lengths.
const longestSubject = 240

// subject names a certificate. The text comes from another party, so it is clipped.
func subject(certificate *x509.Certificate) string {
	if name := certificate.Subject.String(); name != "" {
		return clip(name, longestSubject)
	}
	return "a certificate without a subject"
}

// issuer names a certificate's issuer.
func issuer(certificate *x509.Certificate) string {
	if name := certificate.Issuer.String(); name != "" {
		return clip(name, longestSubject)
	}
	return "a CA without a name"
}

// IsFor reports whether the signing certificate is for the key of a request.
func (b Bundle) IsFor(request []byte) bool {
	public, err := ParseRequest(request)
	if err != nil {
		return false
	}
	certificate, err := b.Certificate()
	return err == nil && samePublicKey(certificate.PublicKey, public)
}

// HasKeyOf reports whether the signing certificates of two bundles have the same key. It is false without a
// certificate.
func (b Bundle) HasKeyOf(other Bundle) bool {
	mine, err := b.Certificate()
	if err != nil {
		return false
	}
	theirs, err := other.Certificate()
	return err == nil && samePublicKey(mine.PublicKey, theirs.PublicKey)
}

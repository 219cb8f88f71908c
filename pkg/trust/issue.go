package trust

import (
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"net/url"
	"strings"
	"time"
)

// Validities. Backdating lets peers with a slow clock accept a new certificate.
const (
	RootValidity         = 10 * 365 * 24 * time.Hour
	IntermediateValidity = 365 * 24 * time.Hour
	backdate             = 5 * time.Minute
)

// Authority is a signing certificate and its key.
type Authority struct {
	Certificate *x509.Certificate
	Key         Key
}

// NewRoot creates a root that signs only intermediates. The generation distinguishes the roots of a mesh.
func NewRoot(mesh string, key Key, generation int, now time.Time) (Authority, error) {
	// No cluster can be named "root CA": with equal subjects, a verifier could not tell which certificate signed which.
	template, err := template(subjectName(mesh, "root CA", generation), 1, now, RootValidity)
	if err != nil {
		return Authority{}, err
	}
	certificate, err := sign(template, template, key.Public(), key)
	if err != nil {
		return Authority{}, fmt.Errorf("create root: %w", err)
	}
	return Authority{Certificate: certificate, Key: key}, nil
}

// Intermediate describes a cluster's intermediate certificate.
type Intermediate struct {
	Mesh, Cluster, TrustDomain string
	// Generation distinguishes the certificates of a cluster; the first is 1.
	Generation int
	// Validity is the validity, limited by the authority's expiry.
	Validity time.Duration
}

func (i Intermediate) subject() pkix.Name { return subjectName(i.Mesh, i.Cluster, i.Generation) }

// check rejects values that make a certificate invalid or meaningless.
func (i Intermediate) check() error {
	switch {
	case i.Mesh == "" || i.Cluster == "":
		return errors.New("the mesh and the cluster require names")
	case !isTrustDomain(i.TrustDomain):
		return fmt.Errorf("%q is not a trust domain", shown(i.TrustDomain))
	case i.Generation < 1:
		return fmt.Errorf("generation %d: the first is 1", i.Generation)
	}
	return nil
}

// isTrustDomain checks the characters of a trust domain (SPIFFE-ID section 2.1).
func isTrustDomain(name string) bool {
	isForeign := func(r rune) bool { return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyz0123456789.-_", r) }
	return name != "" && len(name) <= 255 && !strings.ContainsFunc(name, isForeign)
}

// identity returns the trust domain's ID, which signing certificates carry (SPIFFE X509-SVID section 4.2).
func (i Intermediate) identity() []*url.URL {
	return []*url.URL{{Scheme: "spiffe", Host: i.TrustDomain}}
}

// Issue signs a cluster's intermediate for a public key. It can sign workload certificates, but no further authority.
func (a Authority) Issue(public crypto.PublicKey, what Intermediate, now time.Time) (*x509.Certificate, error) {
	if err := a.check(now); err != nil {
		return nil, fmt.Errorf("issue certificate: %w", err)
	}
	certificate, err := a.issue(public, what, now)
	if err != nil {
		return nil, fmt.Errorf("issue certificate of %s: %w", shown(what.Cluster), err)
	}
	return certificate, nil
}

func (a Authority) issue(public crypto.PublicKey, what Intermediate, now time.Time) (*x509.Certificate, error) {
	if err := errors.Join(what.check(), a.checkSubject(public, what)); err != nil {
		return nil, err
	}
	if what.Validity <= 0 {
		return nil, fmt.Errorf("its validity would be %s", what.Validity)
	}
	template, err := template(what.subject(), 0, now, what.Validity)
	if err != nil {
		return nil, err
	}
	template.URIs = what.identity()
	// The validity must be within the issuer's, which may be younger than the backdate.
	if template.NotBefore.Before(a.Certificate.NotBefore) {
		template.NotBefore = a.Certificate.NotBefore
	}
	if template.NotAfter.After(a.Certificate.NotAfter) {
		template.NotAfter = a.Certificate.NotAfter
	}
	return sign(template, a.Certificate, public, a.Key)
}

// check rejects an authority that cannot sign, or whose certificates would be rejected.
func (a Authority) check(now time.Time) error {
	switch {
	case a.Key.IsZero():
		return errors.New("the CA has no key")
	case !samePublicKey(a.Certificate.PublicKey, a.Key.Public()):
		return errors.New("the key does not match the root certificate")
	case !mayCertify(a.Certificate):
		return errors.New("the root certificate is not authorized to sign other certificates")
	case a.Certificate.MaxPathLen == 0 && a.Certificate.MaxPathLenZero:
		return errors.New("the path length of the root certificate is 0: it cannot sign CA certificates")
	case now.After(a.Certificate.NotAfter):
		return fmt.Errorf("the root expired on %s", day(a.Certificate.NotAfter))
	case now.Before(a.Certificate.NotBefore):
		return fmt.Errorf("the root is not valid before %s", day(a.Certificate.NotBefore))
	}
	return checkStrength(a.Certificate)
}

// checkSubject rejects a weak key, and a key or name that is already in use.
func (a Authority) checkSubject(public crypto.PublicKey, what Intermediate) error {
	switch {
	case samePublicKey(public, a.Certificate.PublicKey):
		return errors.New("the key is the root's key: a cluster requires its own")
	case what.subject().String() == a.Certificate.Subject.String():
		return errors.New("the root has the same subject")
	}
	if err := checkPublic(public); err != nil {
		return err
	}
	return checkSampleKey(public)
}

// template returns the fields that all authorities share (RFC 5280 section 4.2.1): critical constraints and key usage,
// and no extended key usage, which Go's verifier would apply to everything below.
func template(subject pkix.Name, pathLength int, now time.Time, life time.Duration) (*x509.Certificate, error) {
	serial, err := newSerial()
	if err != nil {
		return nil, err
	}
	return &x509.Certificate{
		SerialNumber:          serial,
		Subject:               subject,
		NotBefore:             now.Add(-backdate).UTC().Truncate(time.Second),
		NotAfter:              now.Add(life).UTC().Truncate(time.Second),
		IsCA:                  true,
		BasicConstraintsValid: true,
		MaxPathLen:            pathLength,
		MaxPathLenZero:        pathLength == 0,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}, nil
}

// longestName is the maximum number of characters of a common name or organization (X.520).
const longestName = 64

// subjectName makes the subjects of a mesh's certificates distinct.
func subjectName(mesh, holder string, generation int) pkix.Name {
	end := fmt.Sprintf(" g%d", generation)
	return pkix.Name{
		CommonName:   shorten(mesh+" "+holder, longestName-len(end)) + end,
		Organization: []string{shorten(mesh, longestName)},
	}
}

// shorten truncates a long name between characters and keeps it unique.
func shorten(name string, most int) string {
	const digits = 8
	if len(name) <= most {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	return strings.ToValidUTF8(name[:most-digits-1], "") + "-" + hex.EncodeToString(sum[:])[:digits]
}

// newSerial returns a positive number of 127 random bits (RFC 5280 section 4.1.2.2).
func newSerial() (*big.Int, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, fmt.Errorf("create serial number: %w", err)
	}
	return serial.Add(serial, big.NewInt(1)), nil
}

func sign(template, parent *x509.Certificate, public crypto.PublicKey, key Key) (*x509.Certificate, error) {
	der, err := x509.CreateCertificate(rand.Reader, template, parent, public, key.signer)
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}

func samePublicKey(a, b crypto.PublicKey) bool {
	one, ok := a.(interface{ Equal(crypto.PublicKey) bool })
	return ok && one.Equal(b)
}

// day formats a date.
func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

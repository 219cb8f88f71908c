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
	"time"
)

// How long certificates live. A clock that is a little behind must not refuse a new one.
const (
	RootLife         = 10 * 365 * 24 * time.Hour
	IntermediateLife = 365 * 24 * time.Hour
	backdate         = 5 * time.Minute
)

// Authority is a certificate that signs others, and its key.
type Authority struct {
	Certificate *x509.Certificate
	Key         Key
}

// NewRoot makes a root for a mesh: it signs intermediates and nothing else. The generation tells
// the roots of a mesh apart.
func NewRoot(mesh string, key Key, generation int, now time.Time) (Authority, error) {
	template, err := template(commonName(mesh+" root", generation), mesh, 1, now, RootLife)
	if err != nil {
		return Authority{}, err
	}
	certificate, err := sign(template, template, key.Public(), key)
	if err != nil {
		return Authority{}, fmt.Errorf("make root: %w", err)
	}
	return Authority{certificate, key}, nil
}

// Intermediate is what the certificate of a cluster says.
type Intermediate struct {
	Mesh, Cluster, TrustDomain string
	// Generation tells the certificates of a cluster apart; the first is 1.
	Generation int
	// Life is how long it lives; the authority's end is the latest.
	Life time.Duration
}

func (i Intermediate) name() string { return commonName(i.Mesh+" "+i.Cluster, i.Generation) }

// Issue signs the certificate of a cluster's istiod over a public key: it signs workloads and no
// further authority.
func (a Authority) Issue(public crypto.PublicKey, what Intermediate, now time.Time) (*x509.Certificate, error) {
	if err := a.check(now); err != nil {
		return nil, err
	}
	if err := checkPublic(public); err != nil {
		return nil, fmt.Errorf("issue certificate of %s: %w", what.Cluster, err)
	}
	if err := checkSampleKey(public); err != nil {
		return nil, fmt.Errorf("issue certificate of %s: %w", what.Cluster, err)
	}
	template, err := template(what.name(), what.Mesh, 0, now, what.Life)
	if err != nil {
		return nil, err
	}
	if template.NotAfter.After(a.Certificate.NotAfter) {
		template.NotAfter = a.Certificate.NotAfter
	}
	// The ID of the trust domain (SPIFFE X509-SVID section 4.2).
	template.URIs = []*url.URL{{Scheme: "spiffe", Host: what.TrustDomain}}
	certificate, err := sign(template, a.Certificate, public, a.Key)
	if err != nil {
		return nil, fmt.Errorf("issue certificate of %s: %w", what.Cluster, err)
	}
	return certificate, nil
}

// check refuses an authority that cannot sign.
func (a Authority) check(now time.Time) error {
	switch {
	case a.Key.IsZero():
		return errors.New("issue certificate: the authority has no key")
	case !samePublic(a.Certificate.PublicKey, a.Key.Public()):
		return errors.New("issue certificate: the key is not that of the root certificate")
	case !a.Certificate.IsCA:
		return errors.New("issue certificate: the root certificate is not authorized to sign other certificates")
	case now.After(a.Certificate.NotAfter):
		return fmt.Errorf("issue certificate: the root has expired on %s", day(a.Certificate.NotAfter))
	}
	return nil
}

// template is what all authorities have in common (RFC 5280 section 4.2.1): critical constraints
// and key usage, no extended key usage, which Go's verifier would hold against them.
func template(name, mesh string, pathLength int, now time.Time, life time.Duration) (*x509.Certificate, error) {
	serial, err := newSerial()
	if err != nil {
		return nil, err
	}
	return &x509.Certificate{
		SerialNumber:          serial,
		Subject:               pkix.Name{CommonName: name, Organization: []string{mesh}},
		NotBefore:             now.Add(-backdate).UTC().Truncate(time.Second),
		NotAfter:              now.Add(life).UTC().Truncate(time.Second),
		IsCA:                  true,
		BasicConstraintsValid: true,
		MaxPathLen:            pathLength,
		MaxPathLenZero:        pathLength == 0,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}, nil
}

// commonName is a name with its generation in the 64 characters of X.520. A name that is too long
// is cut, and stays unique.
func commonName(name string, generation int) string {
	const most, digits = 64, 8
	end := fmt.Sprintf(" g%d", generation)
	if len(name)+len(end) <= most {
		return name + end
	}
	sum := sha256.Sum256([]byte(name))
	return name[:most-len(end)-digits-1] + "-" + hex.EncodeToString(sum[:])[:digits] + end
}

// newSerial is a positive number of 127 random bits (RFC 5280 section 4.1.2.2).
func newSerial() (*big.Int, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, fmt.Errorf("make serial number: %w", err)
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

func samePublic(a, b crypto.PublicKey) bool {
	comparable, ok := a.(interface{ Equal(crypto.PublicKey) bool })
	return ok && comparable.Equal(b)
}

// day is a date as people compare dates.
func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

package trust

import (
	"crypto/x509"
	"strconv"
	"strings"
	"time"
)

// Status describes a certificate for users.
type Status struct {
	// Name of the cluster; empty for a root.
	Cluster   string    `json:"cluster,omitempty"`
	Subject   string    `json:"subject"`
	Issuer    string    `json:"issuer"`
	Serial    string    `json:"serial"`
	SHA256    string    `json:"sha256"`
	Algorithm string    `json:"algorithm"`
	NotBefore time.Time `json:"notBefore"`
	NotAfter  time.Time `json:"notAfter"`
	// Generation in the subject; 0 for certificates of other authorities.
	Generation int `json:"generation,omitempty"`
}

// Describe returns the status of a certificate.
func Describe(cluster string, certificate *x509.Certificate) Status {
	return Status{
		Cluster:    cluster,
		Subject:    subject(certificate),
		Issuer:     clip(certificate.Issuer.String(), longestSubject),
		Serial:     certificate.SerialNumber.Text(16),
		SHA256:     Fingerprint(certificate),
		Algorithm:  Algorithm(certificate.PublicKey),
		NotBefore:  certificate.NotBefore.UTC(),
		NotAfter:   certificate.NotAfter.UTC(),
		Generation: Generation(certificate),
	}
}

// Generation returns the number at the end of a subject that this package wrote: 3 for "shop east g3"; 0 for others.
func Generation(certificate *x509.Certificate) int {
	_, number, found := cutLast(certificate.Subject.CommonName, " g")
	generation, err := strconv.Atoi(number)
	if !found || err != nil || generation < 0 {
		return 0
	}
	return generation
}

func cutLast(text, separator string) (before, after string, found bool) {
	at := strings.LastIndex(text, separator)
	if at < 0 {
		return text, "", false
	}
	return text[:at], text[at+len(separator):], true
}

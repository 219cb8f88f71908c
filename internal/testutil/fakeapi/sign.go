package fakeapi

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"testing"
	"time"

	certificatesv1 "k8s.io/api/certificates/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/scheme"
)

// Signer is for Intercept: it signs client certificates like an API server, unless it refuses to approve. Certificates
// are valid for three months from a day.
func Signer(t testing.TB, from time.Time, refuses error) func(Request) any {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	var made certificatesv1.CertificateSigningRequest
	return func(request Request) any {
		if request.Resource != "certificatesigningrequests" {
			return nil
		}
		if request.Verb == "get" {
			return made
		}
		if refuses != nil && request.Subresource == "approval" {
			return refuses
		}
		if _, _, err := scheme.Codecs.UniversalDeserializer().Decode(request.Body, nil, &made); err != nil {
			return apierrors.NewBadRequest(err.Error())
		}
		made.TypeMeta = metav1.TypeMeta{APIVersion: "certificates.k8s.io/v1", Kind: "CertificateSigningRequest"}
		if request.Subresource == "approval" {
			made.Status.Certificate = signed(t, made.Spec.Request, from, key)
		}
		return made
	}
}

func signed(t testing.TB, request []byte, from time.Time, key *ecdsa.PrivateKey) []byte {
	block, _ := pem.Decode(request)
	parsed, err := x509.ParseCertificateRequest(block.Bytes)
	if err != nil {
		t.Error(err)
		return nil
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      parsed.Subject,
		NotBefore:    from,
		NotAfter:     from.AddDate(0, 3, 0),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, parsed.PublicKey, key)
	if err != nil {
		t.Error(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

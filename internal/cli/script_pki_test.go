package cli_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"path"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// pki LAYOUT FAULT FOLDER writes what the authority of somebody else might have made: in the
// layout istio or tls, with a fault, or none.
func pki(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, neg || len(args) != 3, "pki istio|tls FAULT FOLDER")
	made := foreign{ts: ts, fault: args[1]}.make()
	names := map[string]string{"ca-cert.pem": "ca-cert.pem", "ca-key.pem": "ca-key.pem", "cert-chain.pem": "cert-chain.pem", "root-cert.pem": "root-cert.pem"}
	if args[0] == "tls" {
		names = map[string]string{"cert-chain.pem": "tls.crt", "ca-key.pem": "tls.key", "root-cert.pem": "ca.crt"}
	}
	for from, to := range names {
		if made[from] != "" {
			writePrivate(ts, path.Join(args[2], to), made[from])
		}
	}
}

// foreign is a root, an intermediate and, below it, the certificate of a cluster.
type foreign struct {
	ts    *testscript.TestScript
	fault string
}

func (f foreign) make() map[string]string {
	rootKey := f.key(f.fault == "sha1")
	root := f.certificate("Their root", nil, rootKey.Public(), rootKey)
	upperKey := f.key(false)
	upper := f.certificate("Their intermediate", root, upperKey.Public(), rootKey)
	key := f.signing()
	signing := f.certificate("Their cluster", upper, key.Public(), upperKey)
	made := map[string]string{
		"ca-cert.pem": certificatePEM(signing), "ca-key.pem": f.keyPEM(key), "root-cert.pem": certificatePEM(root),
		"cert-chain.pem": certificatePEM(signing) + certificatePEM(upper),
	}
	switch f.fault {
	case "none", "expired", "not-ca", "sha1", "rsa1024", "p521", "pkcs1", "sec1":
	case "other-key":
		made["ca-key.pem"] = f.keyPEM(f.key(false))
	case "other-root":
		other := f.key(false)
		made["root-cert.pem"] = certificatePEM(f.certificate("Their root", nil, other.Public(), other))
	case "gap":
		made["cert-chain.pem"] = certificatePEM(signing)
	case "no-chain":
		delete(made, "cert-chain.pem")
	case "no-root":
		delete(made, "root-cert.pem")
	case "no-key":
		delete(made, "ca-key.pem")
	case "encrypted":
		made["ca-key.pem"] = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nZmFrZQ==\n-----END ENCRYPTED PRIVATE KEY-----\n"
	case "three-roots":
		for range 2 {
			other := f.key(false)
			made["root-cert.pem"] += certificatePEM(f.certificate("Another root", nil, other.Public(), other))
		}
	default:
		f.ts.Fatalf("no fault %q", f.fault)
	}
	return made
}

func (f foreign) key(rsaKey bool) crypto.Signer {
	if rsaKey {
		return f.rsa(2048)
	}
	return f.ecdsa(elliptic.P256())
}

// signing is the key of the cluster.
func (f foreign) signing() crypto.Signer {
	switch f.fault {
	case "rsa1024":
		return f.rsa(1024)
	case "pkcs1":
		return f.rsa(2048)
	case "p521":
		return f.ecdsa(elliptic.P521())
	}
	return f.ecdsa(elliptic.P256())
}

func (f foreign) rsa(bits int) crypto.Signer {
	key, err := rsa.GenerateKey(rand.Reader, bits)
	f.ts.Check(err)
	return key
}

func (f foreign) ecdsa(curve elliptic.Curve) crypto.Signer {
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	f.ts.Check(err)
	return key
}

func (f foreign) certificate(name string, parent *x509.Certificate, public crypto.PublicKey, key crypto.Signer) *x509.Certificate {
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()), Subject: pkix.Name{CommonName: name}, NotBefore: now.Add(-48 * time.Hour), NotAfter: now.Add(1000 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	switch {
	case parent == nil && f.fault == "sha1":
		template.SignatureAlgorithm = x509.SHA1WithRSA
	case parent != nil && strings.HasSuffix(name, "cluster") && f.fault == "expired":
		template.NotAfter = now.Add(-time.Hour)
	case parent != nil && strings.HasSuffix(name, "cluster") && f.fault == "not-ca":
		template.IsCA = false
	}
	if parent == nil {
		parent = template
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, public, key)
	f.ts.Check(err)
	certificate, err := x509.ParseCertificate(der)
	f.ts.Check(err)
	return certificate
}

func (f foreign) keyPEM(key crypto.Signer) string {
	var der []byte
	var err error
	kind := "PRIVATE KEY"
	switch key := key.(type) {
	case *rsa.PrivateKey:
		kind, der = "RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key)
	case *ecdsa.PrivateKey:
		if f.fault == "sec1" {
			kind = "EC PRIVATE KEY"
			der, err = x509.MarshalECPrivateKey(key)
			break
		}
		der, err = x509.MarshalPKCS8PrivateKey(key)
	}
	f.ts.Check(err)
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

func certificatePEM(certificate *x509.Certificate) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate.Raw}))
}

// sign REQUEST CERTIFICATE signs a request with an authority that nobody knows, as other means might.
func sign(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, neg || len(args) != 2, "sign REQUEST CERTIFICATE")
	block, _ := pem.Decode([]byte(ts.ReadFile(args[0])))
	request, err := x509.ParseCertificateRequest(block.Bytes)
	ts.Check(err)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	ts.Check(err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: request.Subject, NotBefore: time.Now(), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, request.PublicKey, key)
	ts.Check(err)
	writePrivate(ts, args[1], string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
}

package trust_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// TestIntermediateIsNoRoot has what openssl verifies only when it is told to take part of a chain for all.
func TestIntermediateIsNoRoot(t *testing.T) {
	f := newFamily(t)
	bundle := trust.NewBundle(f.signing.Certificate, nil, f.policy.pem(), trust.Key{})
	wantRefusal(t, bundle.Check(noon()), trust.FaultNoRoot, "root-cert.pem: CN=policy is not a root: CN=root signed it",
		"replace it with the certificate of CN=root, and add this one to cert-chain.pem; "+
			"to trust nothing else under CN=root, self-sign this one: openssl x509 -signkey")
	wantWorkloads(t, bundle, f.signing, "error 2 at 2 depth lookup", "error 2 at 2 depth lookup")

	alone := trust.NewBundle(f.signing.Certificate, nil, forgeFor(t, nil, f.policy.signer, "policy", nil).pem(), trust.Key{})
	wantError(t, alone.Check(noon()), "") // the remedy
	wantWorkloads(t, alone, f.signing, "", "")
}

func TestCrossSignedRootIsDistinct(t *testing.T) {
	old, fresh := forge(t, nil, "old root", nil), forge(t, nil, "new root", nil)
	cross := forgeFor(t, &old, fresh.signer, "new root", nil)
	signing := forge(t, &fresh, "signing", nil)
	bundle := under(t, fresh, signing)
	bundle.Root = append(bundle.Root, cross.pem()...)
	wantRefusal(t, bundle.Check(noon()), trust.FaultNoRoot, "root-cert.pem: CN=new root is listed twice: as a root, and cross-signed by CN=old root",
		"remove the certificate that CN=old root signed from root-cert.pem")
	bundle.Root = cross.pem()
	wantRefusal(t, bundle.Check(noon()), trust.FaultNoRoot, "root-cert.pem: CN=new root is not a root: CN=old root signed it",
		"replace it with the certificate of CN=old root, and add this one to cert-chain.pem; "+
			"to trust nothing else under CN=old root, self-sign this one: openssl x509 -signkey")
	wantWorkloads(t, bundle, signing, "error 2 at 2 depth lookup", "error 2 at 2 depth lookup")
}

func TestRootMaySign(t *testing.T) {
	root := forge(t, nil, "root", nil)
	signing := forge(t, &root, "signing", nil)
	for name, change := range map[string]func(*x509.Certificate){
		"server":    func(c *x509.Certificate) { c.IsCA = false },
		"key usage": func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageDigitalSignature },
		"nothing":   func(c *x509.Certificate) { c.BasicConstraintsValid = false },
	} {
		t.Run(name, func(t *testing.T) {
			bundle := under(t, root, signing)
			bundle.Root = append(bundle.Root, forge(t, nil, "server", change).pem()...)
			wantRefusal(t, bundle.Check(noon()), trust.FaultNoAuthority, "root-cert.pem: CN=server is not allowed to sign certificates",
				"replace it with the certificate of the authority there, with basicConstraints=critical,CA:true and keyUsage=critical,keyCertSign")
		})
	}
}

// oldRoot is one of X.509 version 1, as openssl req -x509 makes it without extensions. Go makes no such
// certificates.
func oldRoot(t *testing.T) (root, key []byte) {
	t.Helper()
	_, private := keyAndText(t)
	request := write(t, private)
	out, err := openssl(t, "req", "-new", "-key", request, "-subj", "/CN=old", "-out", request+".csr")
	if err != nil {
		t.Fatal(err, out)
	}
	out, err = openssl(t, "x509", "-req", "-in", request+".csr", "-signkey", request, "-days", "36500", "-out", request+".crt")
	if err != nil {
		t.Fatal(err, out)
	}
	return readFile(t, request+".crt"), private
}

func TestRootOfVersionOneIsAccepted(t *testing.T) {
	text, private := oldRoot(t)
	roots, err := trust.ParseCertificates(text)
	if err != nil || len(roots) != 1 || roots[0].Version != 1 {
		t.Fatalf("%d roots, %v: openssl has made another one", len(roots), err)
	}
	key, err := trust.ParseKey(private)
	if err != nil {
		t.Fatal(err)
	}
	root := forged{roots[0], signerOf(t, key)}
	signing := forge(t, &root, "signing", func(c *x509.Certificate) { c.NotBefore, c.NotAfter = root.NotBefore, root.NotAfter })
	wantError(t, under(t, root, signing).Check(root.NotBefore), "")
}

// TestRootsOfOneName asks openssl about two roots of one name, in either order: where the certificate below
// them has no key ID, it tries one of the two.
func TestRootsOfOneName(t *testing.T) {
	const want = "root-cert.pem has two roots named CN=root, and CN=signing does not identify its signer: proxies try only one"
	const remedy = "sign it again with authorityKeyIdentifier=keyid, under a root with subjectKeyIdentifier=hash"
	named, other := forge(t, nil, "root", nil), forge(t, nil, "root", nil)
	for name, c := range map[string]struct {
		root    forged
		signing forged
		want    string
	}{
		"key IDs in both":         {named, forge(t, &named, "signing", nil), ""},
		"no key ID of the signer": {named, withoutSigner(t, named), want},
	} {
		t.Run(name, func(t *testing.T) {
			bundle := under(t, c.root, c.signing)
			refused := 0
			for _, roots := range [][]byte{slices.Concat(c.root.pem(), other.pem()), slices.Concat(other.pem(), c.root.pem())} {
				bundle.Root = roots
				if c.want == "" {
					wantError(t, bundle.Check(noon()), "")
				} else {
					wantRefusal(t, bundle.Check(noon()), trust.FaultAmbiguous, c.want, remedy)
				}
				if _, err := verifyAs(t, workload(t, c.signing.Certificate, keyOf(t, c.signing.signer)), bundle.Chain, roots); err != nil {
					refused++
				}
			}
			if (refused > 0) != (c.want != "") {
				t.Errorf("openssl refuses %d of the two orders", refused)
			}
		})
	}
}

// withoutSigner is a certificate that does not say which key has signed it.
func withoutSigner(t *testing.T, root forged) forged {
	t.Helper()
	nameless := forged{root.Certificate, root.signer}
	bare := *root.Certificate
	bare.SubjectKeyId = nil // from which Go takes the key ID of the signer
	nameless.Certificate = &bare
	signing := forge(t, &nameless, "signing", nil)
	if len(signing.AuthorityKeyId) > 0 {
		t.Fatal("it says so")
	}
	return signing
}

// TestWhereTheWayEnds names the certificate that is missing, or of which there are two.
func TestWhereTheWayEnds(t *testing.T) {
	const cannot = "cannot verify the cert with the provided root chain and cert pool: "
	f := newFamily(t)
	foreign := forge(t, nil, "stranger", nil)
	again := forge(t, nil, "root", nil)
	leaf := forge(t, nil, "root", func(c *x509.Certificate) { c.IsCA = false })
	many := slices.Concat(foreign.pem(), forge(t, nil, "two", nil).pem(), forge(t, nil, "three", nil).pem(), forge(t, nil, "four", nil).pem())
	chain := func(roots []byte, above ...*x509.Certificate) trust.Bundle {
		return trust.NewBundle(f.signing.Certificate, above, roots, trust.Key{})
	}
	for _, c := range []struct {
		name         string
		bundle       trust.Bundle
		want, remedy string
		openssl      string
	}{
		{"an intermediate is missing", chain(f.root.pem()), "CN=policy signed CN=signing, but is neither in cert-chain.pem nor in root-cert.pem, which contains CN=root",
			"add the certificate of CN=policy to cert-chain.pem, or to root-cert.pem if it is the root", "error 20 at"},
		{"the root is missing", chain(foreign.pem(), f.policy.Certificate), "CN=root signed CN=policy, but is neither in cert-chain.pem nor in root-cert.pem, which contains CN=stranger",
			"add the certificate of CN=root to cert-chain.pem, or to root-cert.pem if it is the root", "error 20 at"},
		{"a bundle of roots that sign nothing", chain(many, f.policy.Certificate), "CN=root signed CN=policy, but is neither in cert-chain.pem nor in root-cert.pem, " +
			"which contains CN=stranger, CN=two, CN=three, 1 more", "add the certificate of CN=root to cert-chain.pem, or to root-cert.pem if it is the root", "error 20 at"},
		{"another root in the chain", chain(many, f.policy.Certificate, f.root.Certificate), "it chains to root CN=root (SHA-256 " +
			trust.Fingerprint(f.root.Certificate) + "), but root-cert.pem contains CN=stranger, CN=two, CN=three, 1 more",
			"add that root to root-cert.pem if the mesh should trust it; or get a certificate under an existing root", "error 19 at"},
		{"a root that was made again", chain(again.pem(), f.policy.Certificate), "another key named CN=root than the existing one (SHA-256 " +
			trust.Fingerprint(again.Certificate) + ") signed CN=policy", "CN=root was re-created: use the certificate whose key signed CN=policy, or sign that one again", "error 20 at"},
	} {
		t.Run(c.name, func(t *testing.T) {
			wantRefusal(t, c.bundle.Check(noon()), trust.FaultUnverified, cannot+c.want, c.remedy)
			wantWorkloads(t, c.bundle, f.signing, c.openssl, c.openssl)
		})
	}
	t.Run("a leaf of the name", func(t *testing.T) {
		err := chain(leaf.pem(), f.policy.Certificate).Check(noon())
		want := []string{"root-cert.pem: CN=root is not allowed to sign certificates", cannot + "CN=root is not allowed to sign certificates, but signed CN=policy"}
		wantError(t, err, strings.Join(want, "\n"))
	})
}

// TestRSAIsBounded keeps verifiers from keys with which one signature takes minutes.
func TestRSAIsBounded(t *testing.T) {
	root := forge(t, nil, "root", nil)
	wide := &rsa.PublicKey{N: new(big.Int).Lsh(big.NewInt(1), 8192), E: 65537}
	wide.N.SetBit(wide.N, 0, 1)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "wide"}, NotBefore: noon(), NotAfter: noon()}
	der, err := x509.CreateCertificate(rand.Reader, template, root.Certificate, wide, root.signer)
	if err != nil {
		t.Fatal(err)
	}
	_, err = trust.ParseCertificates(block("CERTIFICATE", der))
	wantRefusal(t, err, trust.FaultWeak, "failed to parse X.509 certificate 1: the RSA key has 8193 bits: the maximum is 8192",
		"create another key, ECDSA P-256 or RSA with 2048 bits or more, and get a certificate for it")
}

// TestUnknownConstraintsAreNamed has name constraints of directories, as the PKI of a company may have, of
// which Go, and so istiod, knows nothing.
func TestUnknownConstraintsAreNamed(t *testing.T) {
	directory, err := asn1.Marshal(pkix.Name{Organization: []string{"Acme"}}.ToRDNSequence())
	if err != nil {
		t.Fatal(err)
	}
	subtree := asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 4, IsCompound: true, Bytes: directory}
	value, err := asn1.Marshal(struct {
		Permitted []struct{ Base asn1.RawValue } `asn1:"tag:0"`
	}{[]struct{ Base asn1.RawValue }{{subtree}}})
	if err != nil {
		t.Fatal(err)
	}
	root := forge(t, nil, "root", nil)
	signing := forge(t, &root, "signing", func(c *x509.Certificate) {
		c.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 30}, Critical: true, Value: value}}
	})
	wantRefusal(t, under(t, root, signing).Check(noon()), trust.FaultNames, "cannot verify the cert with the provided root chain and cert pool: "+
		"CN=signing has a critical extension 2.5.29.30 that istiod cannot verify: name constraints other than those of DNS names, IP addresses, mail and URIs",
		"have CN=root sign it again without that extension")
}

func TestFilesAreBounded(t *testing.T) {
	_, err := trust.ParseCertificates(bytes.Repeat([]byte("#"), 1<<20+1))
	wantRefusal(t, err, trust.FaultTooLarge, "larger than 1 MiB", "keep only the required certificates")
	_, err = trust.ParseCertificates(bytes.Repeat(newRootPEM(t), 65))
	wantRefusal(t, err, trust.FaultTooLarge, "more than 64 certificates",
		"this may be a bundle of public CAs: keep only the root and the intermediates of the mesh")
	_, err = trust.ParseKey(append(pkcs8(t, p256(t)), bytes.Repeat([]byte("#"), 64<<10)...))
	wantRefusal(t, err, trust.FaultTooLarge, "the private key is larger than 64 KiB", "keep only the private key in the file")
	_, err = trust.ParseRequest(append(requestOf(t, p256(t)), bytes.Repeat([]byte("#"), 64<<10)...))
	wantRefusal(t, err, trust.FaultTooLarge, "read request: it is larger than 64 KiB", "keep only the request in the file")
}

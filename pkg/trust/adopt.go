package trust

import (
	"crypto"
	"crypto/x509"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// Names of the files in istiod's second layout: that of cert-manager and of Kubernetes TLS Secrets. If tls.crt exists,
// istiod uses this layout.
const (
	TLSCertFile = "tls.crt"
	TLSKeyFile  = "tls.key"
	TLSRootFile = "ca.crt"
)

// FromFiles returns the bundle in files by name, in either of istiod's layouts: that of Istio's Makefile, or tls.crt,
// tls.key and ca.crt. The key may be missing if only the cluster has it. Other files are ignored.
func FromFiles(files map[string][]byte) (Bundle, error) {
	bundle := Bundle{CACert: files[CACertFile], Chain: files[CertChainFile], Root: files[RootCertFile]}
	key, hasKey := files[CAKeyFile]
	layout := []string{CACertFile, CertChainFile, RootCertFile}
	if chain, ok := files[TLSCertFile]; ok {
		certificates, err := ParseCertificates(chain)
		if err != nil {
			return Bundle{}, fmt.Errorf("read %s: %w", TLSCertFile, err)
		}
		bundle = Bundle{
			CACert: EncodeCertificates(certificates[0]),
			Chain:  EncodeCertificates(certificates...),
			Root:   files[TLSRootFile],
		}
		key, hasKey = files[TLSKeyFile]
		layout = []string{TLSCertFile, TLSCertFile, TLSRootFile}
	}
	if hasKey {
		parsed, err := ParseKey(key)
		if err != nil {
			return Bundle{}, fmt.Errorf("failed to parse private key PEM: %w", err)
		}
		bundle.Key = parsed
	}
	if missing := bundle.missing(layout); missing != "" {
		return Bundle{}, hint.Errorf(
			"the directory must contain ca-cert.pem, ca-key.pem, cert-chain.pem and root-cert.pem, "+
				"or tls.crt, tls.key and ca.crt",
			"incomplete signing CA bundle detected: %s missing; found %s", missing, names(files))
	}
	return bundle, nil
}

func names(files map[string][]byte) string {
	if len(files) == 0 {
		return "no files"
	}
	const most = 8
	all := slices.Sorted(maps.Keys(files))
	for i := range all {
		all[i] = shown(all[i])
	}
	if len(all) > most {
		all = append(all[:most], fmt.Sprintf("%d more", len(all)-most))
	}
	return strings.Join(all, ", ")
}

// Assemble returns the bundle that a signer's answer contains: certificates in any order, one of them for the public
// key. It sorts the chain and drops roots from it, because verifiers have their own.
func Assemble(certificates []*x509.Certificate, public crypto.PublicKey, root []byte, key Key) (Bundle, error) {
	signing := slices.IndexFunc(certificates, func(c *x509.Certificate) bool { return samePublicKey(c.PublicKey, public) })
	if signing < 0 {
		return Bundle{}, hint.New("import the certificate that was issued for the current request, trust/CLUSTER/ca.csr",
			"the cert does not match the key: no certificate is for the key of the request")
	}
	var above []*x509.Certificate
	for at := certificates[signing]; len(above) < len(certificates); {
		signer := func(c *x509.Certificate) bool { return !selfSigned(c) && !c.Equal(at) && issued(c, at) }
		i := slices.IndexFunc(certificates, signer)
		if i < 0 || contains(above, certificates[i]) {
			break
		}
		at = certificates[i]
		above = append(above, at)
	}
	return NewBundle(certificates[signing], above, root, key), nil
}

// issued reports whether parent signed child.
func issued(parent, child *x509.Certificate) bool {
	return string(parent.RawSubject) == string(child.RawIssuer) && child.CheckSignatureFrom(parent) == nil
}

func selfSigned(c *x509.Certificate) bool { return issued(c, c) }

// RootsAmong returns the self-signed certificates.
func RootsAmong(certificates []*x509.Certificate) []*x509.Certificate {
	return slices.DeleteFunc(slices.Clone(certificates), func(c *x509.Certificate) bool { return !selfSigned(c) })
}

package istiod

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
	security "istio.io/api/security/v1alpha1"
)

// Audience of the tokens with which workloads authenticate to istiod.
const Audience = "istio-ca"

// Identity is what istiod gives a workload.
type Identity struct {
	Chain []*x509.Certificate // its certificate, and what leads from there to a root
	Roots []*x509.Certificate // trusted roots, if istiod sends them, as it does to a ztunnel
}

// Identify requests a certificate from istiod like a workload's agent: with a token of its service account, over TLS,
// where istiod must present a certificate under one of the roots that the workload trusts. The cluster is the
// workload's, by ID.
func (i *Istiod) Identify(ctx context.Context, cluster, token string, trusted []*x509.Certificate) (Identity, error) {
	request, err := newRequest()
	if err != nil {
		return Identity{}, err
	}
	transport := credentials.NewClientTLSFromCert(Pool(trusted), i.deployment.Name+"."+i.deployment.Namespace+".svc")
	connection, err := grpc.NewClient(local(i.current().ports.secure), grpc.WithTransportCredentials(transport))
	if err != nil {
		return Identity{}, err
	}
	defer func() { _ = connection.Close() }()
	ctx = metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+token, "clusterid", cluster)
	answer, err := security.NewIstioCertificateServiceClient(connection).CreateCertificate(ctx, request)
	if err != nil {
		return Identity{}, fmt.Errorf("ask the istiod of %s for a certificate: %w", i.Cluster.Name, err)
	}
	return readIdentity(answer.CertChain)
}

// newRequest contains the public key of a new key pair: istiod uses nothing else of it.
func newRequest() (*security.IstioCertificateRequest, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	csr, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, key)
	if err != nil {
		return nil, fmt.Errorf("make a request: %w", err)
	}
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: csr})
	return &security.IstioCertificateRequest{Csr: string(block), ValidityDuration: 3600}, nil
}

// readIdentity reads an answer: the last element has all roots, the ones before have a certificate each.
func readIdentity(answer []string) (Identity, error) {
	if len(answer) < 2 {
		return Identity{}, fmt.Errorf("read what istiod answers: %d elements", len(answer))
	}
	last := len(answer) - 1
	chain, err := ParseCertificates(strings.Join(answer[:last], "\n"))
	if err != nil {
		return Identity{}, fmt.Errorf("read what istiod answers: the chain: %w", err)
	}
	roots, err := ParseCertificates(answer[last])
	if err != nil {
		return Identity{}, fmt.Errorf("read what istiod answers: the roots: %w", err)
	}
	return Identity{Chain: chain, Roots: roots}, nil
}

// ParseCertificates reads certificates in PEM, of which there must be one at least.
func ParseCertificates(text string) ([]*x509.Certificate, error) {
	var all []*x509.Certificate
	for block, rest := pem.Decode([]byte(text)); block != nil; block, rest = pem.Decode(rest) {
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, err
		}
		all = append(all, certificate)
	}
	if len(all) == 0 {
		return nil, errors.New("no certificates")
	}
	return all, nil
}

// Pool returns certificates as a pool.
func Pool(certificates []*x509.Certificate) *x509.CertPool {
	pool := x509.NewCertPool()
	for _, certificate := range certificates {
		pool.AddCert(certificate)
	}
	return pool
}

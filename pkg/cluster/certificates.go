package cluster

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/pem"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// signingSecret is where istiod finds what it signs with, signingCert the certificate in it.
const (
	signingSecret = "cacerts"
	signingCert   = "ca-cert.pem"
)

// Certificates are those that a control plane and its workloads go by.
type Certificates struct {
	// RootSHA256 are the fingerprints of the roots that workloads trust, sorted; none while
	// istiod has written none.
	RootSHA256 []string
	// SigningSHA256 is the fingerprint of the certificate in Secret cacerts; empty when there is
	// none.
	SigningSHA256 string
}

// Certificates reads which certificates the Istio in a namespace goes by. No key is looked at.
func (c *Client) Certificates(ctx context.Context, namespace string) (Certificates, error) {
	var found Certificates
	config, err := c.kube.configMap(ctx, namespace, rootConfigMap)
	switch {
	case err == nil:
		if found.RootSHA256, err = fingerprints([]byte(config.Data[rootKey])); err != nil {
			return found, fmt.Errorf("read configmap %s/%s: it %w", namespace, rootConfigMap, err)
		}
	case !apierrors.IsNotFound(err):
		return found, fmt.Errorf("read configmap %s/%s: %w", namespace, rootConfigMap, err)
	}
	secret, err := c.kube.secret(ctx, namespace, signingSecret)
	if apierrors.IsNotFound(err) {
		return found, nil
	}
	if err != nil {
		return found, fmt.Errorf("read secret %s/%s: %w", namespace, signingSecret, err)
	}
	if block, _ := pem.Decode(secret.Data[signingCert]); block != nil {
		sum := sha256.Sum256(block.Bytes)
		found.SigningSHA256 = hex.EncodeToString(sum[:])
	}
	return found, nil
}

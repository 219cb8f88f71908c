package cluster

import (
	"context"
	"fmt"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
)

// labelLastUsed is the label in which an API server stores the day of a token Secret's last use (Kubernetes
// pkg/serviceaccount/legacy.go, KEP-2799).
const labelLastUsed = "kubernetes.io/legacy-token-last-used"

// TokenSecret describes a Secret with a token.
type TokenSecret struct {
	Token kubeconfig.Token
	// Created is when the Secret was created: its token contains no time.
	Created time.Time
	// LastUsed is a day in the API server's format, 2026-11-21; empty if never, or for a requested token.
	LastUsed string
}

// TokenSecret reads a token Secret; false if it does not exist.
func (c *Client) TokenSecret(ctx context.Context, namespace, name string) (TokenSecret, bool, error) {
	secret, err := c.kube.secret(ctx, namespace, name)
	if apierrors.IsNotFound(err) {
		return TokenSecret{}, false, nil
	}
	if err != nil {
		return TokenSecret{}, false, fmt.Errorf("read token secret: %w", err)
	}
	found := TokenSecret{Created: secret.CreationTimestamp.UTC(), LastUsed: lastUsed(secret.Labels)}
	found.Token, _ = kubeconfig.ParseToken(secret.Data["token"]) // pending, or not a token: the zero Token
	return found, true, nil
}

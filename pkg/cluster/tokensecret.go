package cluster

import (
	"context"
	"fmt"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
)

// labelLastUsed is where an API server writes the day of the last use of a token Secret (Kubernetes
// pkg/serviceaccount/legacy.go, KEP-2799).
const labelLastUsed = "kubernetes.io/legacy-token-last-used"

// TokenSecret is what a Secret with a token tells of it.
type TokenSecret struct {
	Token kubeconfig.Token
	// Created is when the Secret was made: its token says no time.
	Created time.Time
	// LastUsed is a day as the API server writes it, 2026-11-21; empty: never, or the token is asked for
	// and not this one.
	LastUsed string
}

// TokenSecret reads a token Secret; false if there is none.
func (c *Client) TokenSecret(ctx context.Context, namespace, name string) (TokenSecret, bool, error) {
	secret, err := c.kube.secret(ctx, namespace, name)
	if apierrors.IsNotFound(err) {
		return TokenSecret{}, false, nil
	}
	if err != nil {
		return TokenSecret{}, false, fmt.Errorf("read token secret: %w", err)
	}
	found := TokenSecret{Created: secret.CreationTimestamp.UTC(), LastUsed: lastUsed(secret.Labels)}
	found.Token, _ = kubeconfig.ParseToken(secret.Data["token"]) // pending, or no token: the zero Token
	return found, true, nil
}

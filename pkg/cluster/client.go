// Package cluster reads facts from a live cluster. It never changes one: pkg/apply does. The programs that it runs in
// pods change nothing either. It does not know the mesh; arguments and results are plain values.
//
// It imports client-go, the types of the Gateway API, pkg/apigroup, and pkg/kubeconfig, whose Token keeps credentials
// out of all output.
package cluster

import (
	"context"
	"errors"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
)

// Client reads one cluster.
type Client struct {
	kube kubernetes
	any  dynamic.Interface // for kinds that a cluster may not have
}

// Open creates a client; it does not connect yet.
func Open(config *rest.Config) (*Client, error) {
	shared, err := rest.HTTPClientFor(config)
	if err != nil {
		return nil, fmt.Errorf("open cluster: %w", err)
	}
	kube, err := openKubernetesWith(config, shared)
	if err != nil {
		return nil, fmt.Errorf("open cluster: %w", err)
	}
	dynamic, err := dynamic.NewForConfigAndClient(config, shared)
	if err != nil {
		return nil, fmt.Errorf("open cluster: %w", err)
	}
	return &Client{kube: kube, any: dynamic}, nil
}

// UID identifies the cluster: the UID of its kube-system namespace, which exists as long as the cluster and is never
// reused (Kubernetes KEP-2149).
func (c *Client) UID(ctx context.Context) (string, error) {
	namespace, err := c.kube.namespace(ctx, metav1.NamespaceSystem)
	if err != nil {
		return "", fmt.Errorf("read namespace kube-system: %w", err)
	}
	return string(namespace.UID), nil
}

// ErrTokenPending reports that the API server has not filled a token Secret yet.
var ErrTokenPending = errors.New("the token does not exist yet")

// Token reads the token of a Secret of type kubernetes.io/service-account-token. The error is ErrTokenPending if the
// Secret exists and is empty.
func (c *Client) Token(ctx context.Context, namespace, name string) (kubeconfig.Token, error) {
	secret, err := c.kube.secret(ctx, namespace, name)
	if err != nil {
		return kubeconfig.Token{}, fmt.Errorf("read token secret: %w", err)
	}
	if secret.Type != corev1.SecretTypeServiceAccountToken {
		return kubeconfig.Token{}, fmt.Errorf("read token secret %s/%s: it is of type %q, not %s",
			namespace, name, secret.Type, corev1.SecretTypeServiceAccountToken)
	}
	data := secret.Data[corev1.ServiceAccountTokenKey]
	if len(data) == 0 {
		return kubeconfig.Token{}, fmt.Errorf("read token secret %s/%s: %w", namespace, name, ErrTokenPending)
	}
	token, err := kubeconfig.ParseToken(data)
	if err != nil {
		return kubeconfig.Token{}, fmt.Errorf("read token secret %s/%s: %w", namespace, name, err)
	}
	return token, nil
}

package cluster

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// signingSecret is where istiod finds what it signs with, signingCert the certificate in it.
const (
	signingSecret = "cacerts"
	signingCert   = "ca-cert.pem"
	signingRoots  = "root-cert.pem"
	// workloadTTLSetting is an environment variable of istiod (istio security/pkg/pki/ca, pilot/pkg/bootstrap).
	workloadTTLSetting = "DEFAULT_WORKLOAD_CERT_TTL"
)

// Certificates are those that a control plane and its workloads go by.
type Certificates struct {
	// RootSHA256 are the fingerprints of the roots that workloads trust, sorted; none while
	// istiod has written none.
	RootSHA256 []string
	// SigningSHA256 is the fingerprint of the certificate in Secret cacerts; empty when there is
	// none.
	SigningSHA256 string
	// SecretRootSHA256 are the fingerprints of the roots in Secret cacerts, sorted: those that istiod is to serve.
	SecretRootSHA256 []string
	// Changed is when the roots or the signing certificate changed last, as the API server has recorded it; zero when it
	// has not.
	Changed time.Time
	// WorkloadTTL is the lifetime of workload certificates that istiod is told (DEFAULT_WORKLOAD_CERT_TTL); 0 when it is
	// told none.
	WorkloadTTL time.Duration
}

// Certificates reads which certificates the Istio in a namespace goes by. No key is looked at.
func (c *Client) Certificates(ctx context.Context, namespace string) (Certificates, error) {
	found := Certificates{WorkloadTTL: c.workloadTTL(ctx, namespace)}
	config, err := c.kube.configMap(ctx, namespace, rootConfigMap)
	switch {
	case err == nil:
		if found.RootSHA256, err = fingerprints([]byte(config.Data[rootKey])); err != nil {
			return found, fmt.Errorf("read configmap %s/%s: it %w", namespace, rootConfigMap, err)
		}
		found.Changed = lastChange(config.ManagedFields)
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
	if changed := lastChange(secret.ManagedFields); changed.After(found.Changed) {
		found.Changed = changed
	}
	if roots := secret.Data[signingRoots]; len(roots) > 0 {
		if found.SecretRootSHA256, err = fingerprints(roots); err != nil {
			return found, fmt.Errorf("read secret %s/%s: its %s %w", namespace, signingSecret, signingRoots, err)
		}
	}
	if block, _ := pem.Decode(secret.Data[signingCert]); block != nil {
		sum := sha256.Sum256(block.Bytes)
		found.SigningSHA256 = hex.EncodeToString(sum[:])
	}
	return found, nil
}

// lastChange is when a field manager changed an object last.
func lastChange(entries []metav1.ManagedFieldsEntry) time.Time {
	var last time.Time
	for _, entry := range entries {
		if entry.Time != nil && entry.Time.After(last) {
			last = entry.Time.UTC()
		}
	}
	return last
}

// workloadTTL is the longest that an istiod in the namespace is told; 0 where none is, or nobody may read it.
func (c *Client) workloadTTL(ctx context.Context, namespace string) time.Duration {
	list, err := c.kube.deployments(ctx, namespace)
	if err != nil {
		return 0
	}
	var longest time.Duration
	for i := range list.Items {
		container := istiod(&list.Items[i])
		if container == nil {
			continue
		}
		for _, variable := range container.Env {
			if ttl, err := time.ParseDuration(variable.Value); err == nil && variable.Name == workloadTTLSetting {
				longest = max(longest, ttl)
			}
		}
	}
	return longest
}

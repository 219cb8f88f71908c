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

// signingSecret contains istiod's signing certificate in signingCert.
const (
	signingSecret = "cacerts"
	signingCert   = "ca-cert.pem"
	signingRoots  = "root-cert.pem"
	// workloadTTLSetting is an environment variable of istiod (istio security/pkg/pki/ca, pilot/pkg/bootstrap).
	workloadTTLSetting = "DEFAULT_WORKLOAD_CERT_TTL"
)

// Certificates used by a control plane and its workloads.
type Certificates struct {
	// RootSHA256 are the fingerprints of the roots that workloads trust, sorted; empty until istiod has written them.
	RootSHA256 []string
	// SigningSHA256 is the fingerprint of the certificate in Secret cacerts; empty if there is none.
	SigningSHA256 string
	// SecretRootSHA256 are the fingerprints of the roots in Secret cacerts, sorted: those that istiod should distribute.
	SecretRootSHA256 []string
	// Changed is when the roots or the signing certificate last changed, as the API server recorded it; zero if unknown.
	Changed time.Time
	// WorkloadTTL is istiod's configured lifetime of workload certificates (DEFAULT_WORKLOAD_CERT_TTL); 0 if not set.
	WorkloadTTL time.Duration
}

// Certificates reads the certificates that Istio uses in a namespace. It reads no key.
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

// lastChange returns when a field manager last changed an object.
func lastChange(entries []metav1.ManagedFieldsEntry) time.Time {
	var last time.Time
	for _, entry := range entries {
		if entry.Time != nil && entry.Time.After(last) {
			last = entry.Time.UTC()
		}
	}
	return last
}

// workloadTTL returns the longest setting of all istiods in the namespace; 0 if none is set, or if it cannot be read.
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

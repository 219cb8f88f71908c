package clusters_test

import (
	"context"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/test/e2e/clusters"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func testTokenSecret(t *testing.T, c *clusters.Cluster) {
	account := createAccount(t, c, "reader")
	secrets := client(t, c.Config()).CoreV1().Secrets(account.Namespace)
	_, err := secrets.Create(t.Context(), &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{
			Name:        "reader-token",
			Annotations: map[string]string{corev1.ServiceAccountNameKey: account.Name},
		},
		Type: corev1.SecretTypeServiceAccountToken,
	}, metav1.CreateOptions{})
	if err != nil {
		t.Fatalf("create a token Secret: %v", err)
	}
	var filled *corev1.Secret
	eventually(t, "the token Secret is filled", func(ctx context.Context) (bool, error) {
		filled, err = secrets.Get(ctx, "reader-token", metav1.GetOptions{})
		return err == nil && len(filled.Data[corev1.ServiceAccountTokenKey]) > 0, err
	})
	if got := string(filled.Data[corev1.ServiceAccountRootCAKey]); got != string(c.CA) {
		t.Errorf("ca.crt: got %q, want %q", got, c.CA)
	}
	user := client(t, withToken(c, string(filled.Data[corev1.ServiceAccountTokenKey])))
	// Right after its start an API server may not have seen the account yet.
	eventually(t, "listing Namespaces with the token is forbidden, which only a known user gets", func(ctx context.Context) (bool, error) {
		_, err := user.CoreV1().Namespaces().List(ctx, metav1.ListOptions{})
		return apierrors.IsForbidden(err), err
	})
}

func testAggregation(t *testing.T, c *clusters.Cluster) {
	roles := client(t, c.Config()).RbacV1().ClusterRoles()
	eventually(t, "the role view has rules", func(ctx context.Context) (bool, error) {
		role, err := roles.Get(ctx, "view", metav1.GetOptions{})
		return err == nil && len(role.Rules) > 0, err
	})
}

func testNamespaceDeletion(t *testing.T, c *clusters.Cluster) {
	namespaces := client(t, c.Config()).CoreV1().Namespaces()
	object := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "short-lived"}}
	if _, err := namespaces.Create(t.Context(), object, metav1.CreateOptions{}); err != nil {
		t.Fatalf("create a namespace: %v", err)
	}
	if err := namespaces.Delete(t.Context(), object.Name, metav1.DeleteOptions{}); err != nil {
		t.Fatalf("delete a namespace: %v", err)
	}
	eventually(t, "the namespace is gone", func(ctx context.Context) (bool, error) {
		_, err := namespaces.Get(ctx, object.Name, metav1.GetOptions{})
		return apierrors.IsNotFound(err), err
	})
}

package istiod

import (
	"context"
	"path/filepath"
	"sync"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
)

// FollowCertificates acts as the kubelet until the test ends: the mount of a running istiod follows Secret cacerts.
func (i *Istiod) FollowCertificates(t testing.TB) {
	t.Helper()
	client, err := kubernetes.NewForConfig(i.Cluster.Config())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	options := metav1.ListOptions{FieldSelector: "metadata.name=cacerts"}
	watch, err := client.CoreV1().Secrets(i.deployment.Namespace).Watch(ctx, options)
	if err != nil {
		cancel()
		t.Fatal(err)
	}
	var following sync.WaitGroup
	following.Go(func() {
		for event := range watch.ResultChan() {
			if secret, ok := event.Object.(*corev1.Secret); ok {
				i.remount(t, secret)
			}
		}
	})
	t.Cleanup(func() {
		cancel()
		following.Wait()
	})
}

func (i *Istiod) remount(t testing.TB, secret *corev1.Secret) {
	dir := filepath.Join(i.current().dir, "etc", "cacerts")
	if err := project(dir, secret.ResourceVersion, secret.Data); err != nil {
		t.Error(err)
	}
}

package istiod

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	authv1 "k8s.io/api/authentication/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// writeKubeconfig writes a kubeconfig of istiod's own service account, with its roles' permissions, as in a pod.
func (i *Istiod) writeKubeconfig(ctx context.Context, path string) error {
	client, err := kubernetes.NewForConfig(i.Cluster.Config())
	if err != nil {
		return fmt.Errorf("make a client for %s: %w", i.Cluster.Name, err)
	}
	lifetime := int64(6 * 60 * 60)
	account := i.deployment.Spec.Template.Spec.ServiceAccountName
	ask := &authv1.TokenRequest{Spec: authv1.TokenRequestSpec{ExpirationSeconds: &lifetime}}
	token, err := client.CoreV1().ServiceAccounts(i.deployment.Namespace).CreateToken(ctx, account, ask, metav1.CreateOptions{})
	if err != nil {
		return fmt.Errorf("ask %s for a token of %s: %w", i.Cluster.Name, account, err)
	}
	config := clientcmdapi.NewConfig()
	config.Clusters[account] = &clientcmdapi.Cluster{Server: i.Cluster.Server, CertificateAuthorityData: i.Cluster.CA}
	config.AuthInfos[account] = &clientcmdapi.AuthInfo{Token: token.Status.Token}
	config.Contexts[account] = &clientcmdapi.Context{Cluster: account, AuthInfo: account}
	config.CurrentContext = account
	return clientcmd.WriteToFile(*config, path)
}

// mountCertificates mounts Secret cacerts in istiod's working directory at the pod's path, like a kubelet: links to a
// directory behind a link, which is exchanged atomically. Without the Secret nothing is mounted.
func (i *Istiod) mountCertificates(ctx context.Context, r *replica) error {
	client, err := kubernetes.NewForConfig(i.Cluster.Config())
	if err != nil {
		return fmt.Errorf("make a client for %s: %w", i.Cluster.Name, err)
	}
	secret, err := client.CoreV1().Secrets(i.deployment.Namespace).Get(ctx, "cacerts", metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read cacerts of %s: %w", i.Cluster.Name, err)
	}
	return project(filepath.Join(r.dir, "etc", "cacerts"), secret.ResourceVersion, secret.Data)
}

// project writes a version of a volume's files, unless it exists already.
func project(dir, version string, files map[string][]byte) error {
	if mounted, err := os.Readlink(filepath.Join(dir, "..data")); err == nil && mounted == ".."+version {
		return nil
	}
	if err := os.MkdirAll(filepath.Join(dir, ".."+version), 0o700); err != nil {
		return fmt.Errorf("make a volume: %w", err)
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, ".."+version, name), content, 0o600); err != nil {
			return fmt.Errorf("fill a volume: %w", err)
		}
	}
	next := filepath.Join(dir, "..data_tmp")
	if err := os.Symlink(".."+version, next); err != nil {
		return fmt.Errorf("fill a volume: %w", err)
	}
	if err := os.Rename(next, filepath.Join(dir, "..data")); err != nil {
		return fmt.Errorf("fill a volume: %w", err)
	}
	for name := range files {
		link := filepath.Join(dir, name)
		if _, err := os.Lstat(link); err == nil {
			continue
		}
		if err := os.Symlink(filepath.Join("..data", name), link); err != nil {
			return fmt.Errorf("fill a volume: %w", err)
		}
	}
	return nil
}

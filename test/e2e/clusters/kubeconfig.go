package clusters

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// Kubeconfig returns an administrator's kubeconfig whose only context has the given name.
func (c *Cluster) Kubeconfig(context string) ([]byte, error) {
	config := clientcmdapi.NewConfig()
	c.AddTo(config, context)
	config.CurrentContext = context
	content, err := clientcmd.Write(*config)
	if err != nil {
		return nil, fmt.Errorf("encode the kubeconfig of cluster %s: %w", c.Name, err)
	}
	return content, nil
}

// WriteKubeconfig writes what Kubeconfig returns to a new file and returns its path.
func (c *Cluster) WriteKubeconfig(t testing.TB, context string) string {
	t.Helper()
	content, err := c.Kubeconfig(context)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "kubeconfig")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatalf("write the kubeconfig of cluster %s: %v", c.Name, err)
	}
	return path
}

// AddTo adds a context for an administrator of the cluster, for a kubeconfig with several clusters.
func (c *Cluster) AddTo(config *clientcmdapi.Config, context string) {
	config.Clusters[context] = &clientcmdapi.Cluster{Server: c.Server, CertificateAuthorityData: c.CA}
	config.AuthInfos[context] = &clientcmdapi.AuthInfo{
		ClientCertificateData: c.admin.cert,
		ClientKeyData:         c.admin.key,
	}
	config.Contexts[context] = &clientcmdapi.Context{Cluster: context, AuthInfo: context}
}

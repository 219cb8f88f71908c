package clusters

import (
	"fmt"
	"os"
	"path/filepath"
)

// The files in the directory of a cluster, besides logs.
const (
	authorityFile       = "ca.crt"
	authorityKeyFile    = "ca.key"
	serverAuthorityFile = "server-ca.crt"
	serverCertFile      = "apiserver.crt"
	serverKeyFile       = "apiserver.key"
	accountKeyFile      = "service-account.key"
	kubeconfigFile      = "admin.kubeconfig"
)

func (c *Cluster) file(name string) string {
	return filepath.Join(c.dir, name)
}

// writeFiles writes what the programs read. The directory must be new: two clusters of one name would share their data.
func (c *Cluster) writeFiles(ca *authority) error {
	server, err := ca.server()
	if err != nil {
		return err
	}
	accountKey, err := newKey()
	if err != nil {
		return err
	}
	accountKeyPEM, err := encodeKey(accountKey)
	if err != nil {
		return err
	}
	authorityKey, err := encodeKey(ca.key)
	if err != nil {
		return err
	}
	kubeconfig, err := c.Kubeconfig(c.Name)
	if err != nil {
		return err
	}
	if err := os.Mkdir(c.dir, 0o700); err != nil {
		return fmt.Errorf("make the folder of cluster %s: %w", c.Name, err)
	}
	return c.writeAll(map[string][]byte{
		authorityFile:       ca.pem,
		authorityKeyFile:    authorityKey,
		serverAuthorityFile: c.CA,
		serverCertFile:      server.cert,
		serverKeyFile:       server.key,
		accountKeyFile:      accountKeyPEM,
		kubeconfigFile:      kubeconfig,
	})
}

func (c *Cluster) writeAll(files map[string][]byte) error {
	for name, content := range files {
		if err := os.WriteFile(c.file(name), content, 0o600); err != nil {
			return fmt.Errorf("write %s of cluster %s: %w", name, c.Name, err)
		}
	}
	return nil
}

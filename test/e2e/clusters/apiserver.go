package clusters

import (
	"context"
	"fmt"
	"strconv"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
)

func (c *Cluster) startAPIServer(ctx context.Context, flags []string) error {
	var err error
	args := append(c.apiServerArgs(), flags...)
	c.apiServer, err = startProcess(c.dir, apiServerName, c.binaries.APIServer, args...)
	if err != nil {
		return err
	}
	return await(ctx, c.apiServer, c.serves)
}

func (c *Cluster) apiServerArgs() []string {
	return []string{
		"--etcd-servers=" + c.etcd,
		"--etcd-prefix=/" + c.Name,
		"--bind-address=127.0.0.1",
		"--advertise-address=127.0.0.1",
		"--secure-port=" + strconv.Itoa(c.port),
		"--endpoint-reconciler-type=none", // refuses loopback addresses, and no pod needs the Service "kubernetes"
		"--service-cluster-ip-range=10.96.0.0/16",
		"--tls-cert-file=" + c.file(serverCertFile),
		"--tls-private-key-file=" + c.file(serverKeyFile),
		"--client-ca-file=" + c.file(authorityFile),
		"--authorization-mode=RBAC",
		"--disable-admission-plugins=ServiceAccount", // pods can be created without a token mount
		"--service-account-issuer=" + c.Issuer,
		"--service-account-key-file=" + c.file(accountKeyFile),
		"--service-account-signing-key-file=" + c.file(accountKeyFile),
	}
}

// serves reports whether the API server is up and has created what every cluster starts with.
func (c *Cluster) serves(ctx context.Context) error {
	client, err := kubernetes.NewForConfig(c.Config())
	if err != nil {
		return fmt.Errorf("make a client for %s: %w", c.Name, err)
	}
	if err := client.RESTClient().Get().AbsPath("/readyz").Do(ctx).Error(); err != nil {
		return fmt.Errorf("ask %s for /readyz: %w", c.Name, err)
	}
	_, err = client.CoreV1().Namespaces().Get(ctx, metav1.NamespaceSystem, metav1.GetOptions{})
	if err != nil {
		return fmt.Errorf("read a namespace of %s: %w", c.Name, err)
	}
	return nil
}

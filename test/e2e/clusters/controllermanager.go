package clusters

import (
	"context"
	"fmt"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
)

// rootCAConfigMap is in every namespace once the root CA publisher works.
const rootCAConfigMap = "kube-root-ca.crt"

// controllers are the few whose work a client without nodes notices.
func controllers() string {
	return strings.Join([]string{
		"serviceaccount-token-controller",              // fills token Secrets
		"root-ca-certificate-publisher-controller",     // makes kube-root-ca.crt
		"namespace-controller",                         // empties and ends deleted namespaces
		"clusterrole-aggregation-controller",           // fills the roles view, edit and admin
		"certificatesigningrequest-signing-controller", // signs what was approved
	}, ",")
}

func (c *Cluster) startControllerManager(ctx context.Context) error {
	var err error
	args := c.controllerManagerArgs()
	c.controllerManager, err = startProcess(c.dir, controllerManagerName, c.binaries.ControllerManager, args...)
	if err != nil {
		return err
	}
	return await(ctx, c.controllerManager, c.controls)
}

func (c *Cluster) controllerManagerArgs() []string {
	return []string{
		"--kubeconfig=" + c.file(kubeconfigFile),
		"--controllers=" + controllers(),
		"--leader-elect=false",
		"--secure-port=0", // its metrics are unused, and an unused port cannot clash
		"--root-ca-file=" + c.file(serverAuthorityFile),
		"--cluster-signing-cert-file=" + c.file(authorityFile),
		"--cluster-signing-key-file=" + c.file(authorityKeyFile),
		"--service-account-private-key-file=" + c.file(accountKeyFile),
	}
}

// controls reports whether the controllers have started: they publish to all namespaces what the API server presents.
func (c *Cluster) controls(ctx context.Context) error {
	client, err := kubernetes.NewForConfig(c.Config())
	if err != nil {
		return fmt.Errorf("make a client for %s: %w", c.Name, err)
	}
	configMaps := client.CoreV1().ConfigMaps(metav1.NamespaceDefault)
	published, err := configMaps.Get(ctx, rootCAConfigMap, metav1.GetOptions{})
	if err != nil {
		return fmt.Errorf("read %s of %s: %w", rootCAConfigMap, c.Name, err)
	}
	if published.Data[authorityFile] != string(c.CA) {
		return fmt.Errorf("read %s of %s: it has another certificate authority than the API server", rootCAConfigMap, c.Name)
	}
	return nil
}

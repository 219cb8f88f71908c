package kubeconfig

import (
	"errors"
	"fmt"

	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
	clientcmdapiv1 "k8s.io/client-go/tools/clientcmd/api/v1"
)

// Remote is a cluster's API server as other control planes reach it, with the credential that they present.
type Remote struct {
	// ClusterID is the name of the cluster, context and user, and the key in the Secret: istiod takes any key of a Secret
	// for a cluster ID. The Secret itself is named after the cluster.
	ClusterID string
	// Server is an https URL.
	Server string
	// CertificateAuthorityData is PEM; if empty, istiod's system roots are used.
	CertificateAuthorityData []byte
	// TLSServerName is the name in the server's certificate; if empty, the host of Server.
	TLSServerName string
	// ProxyURL of requests (http, https or socks5); if empty, istiod's environment decides.
	ProxyURL string
	Credential
}

// Config returns the kubeconfig. Its YAML equals the output of `istioctl create-remote-secret` (Istio
// istioctl/pkg/multicluster/remote_secret.go createBearerTokenKubeconfig, with client-go 0.36). It contains the token
// in clear and shares CertificateAuthorityData with r.
//
// Config rejects what istiod would reject, and what would send the token to the wrong server. The error joins all
// problems and never contains the credential.
func (r Remote) Config() (*clientcmdapiv1.Config, error) {
	if err := r.check(); err != nil {
		return nil, err
	}
	cfg := r.config()
	if err := accepted(cfg, r.options()...); err != nil {
		return nil, r.refusal(err)
	}
	return cfg, nil
}

func (r Remote) check() error {
	var errs []error
	add := func(err error) {
		if err != nil {
			errs = append(errs, r.refusal(err))
		}
	}
	if len(validation.IsConfigMapKey(r.ClusterID)) > 0 {
		add(errors.New("its ID is not a valid Secret key: letters, digits, '-', '_' and '.', at most 253"))
	}
	add(checkServer(r.Server))
	add(checkCA(r.CertificateAuthorityData))
	add(checkTLSServerName(r.TLSServerName))
	add(checkProxy(r.ProxyURL))
	add(r.Credential.check())
	return errors.Join(errs...)
}

func (r Remote) refusal(err error) error {
	return fmt.Errorf("build kubeconfig of cluster %q: %w", r.ClusterID, err)
}

func (r Remote) config() *clientcmdapiv1.Config {
	return &clientcmdapiv1.Config{
		APIVersion:     "v1",
		Kind:           "Config",
		CurrentContext: r.ClusterID,
		Clusters: []clientcmdapiv1.NamedCluster{{Name: r.ClusterID, Cluster: clientcmdapiv1.Cluster{
			Server:                   r.Server,
			CertificateAuthorityData: r.CertificateAuthorityData,
			TLSServerName:            r.TLSServerName,
			ProxyURL:                 r.ProxyURL,
		}}},
		Contexts: []clientcmdapiv1.NamedContext{{Name: r.ClusterID, Context: clientcmdapiv1.Context{
			Cluster:  r.ClusterID,
			AuthInfo: r.ClusterID,
		}}},
		AuthInfos: []clientcmdapiv1.NamedAuthInfo{{Name: r.ClusterID, AuthInfo: r.user()}},
	}
}

// accepted applies istiod's checks, in istiod's order, to what istiod would load (Istio pkg/kube/util.go
// NewUntrustedRestConfig). The conversion is that of clientcmd.Load, without its codec.
func accepted(cfg *clientcmdapiv1.Config, options ...string) error {
	var loaded clientcmdapi.Config
	if err := clientcmdapiv1.Convert_v1_Config_To_api_Config(cfg, &loaded, nil); err != nil {
		return err
	}
	if err := clientcmd.Validate(loaded); err != nil {
		return err
	}
	return Sanitize(loaded, options...)
}

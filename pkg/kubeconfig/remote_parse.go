package kubeconfig

import (
	"errors"
	"fmt"

	clientcmdapiv1 "k8s.io/client-go/tools/clientcmd/api/v1"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/strict"
)

// ParseRemote parses the YAML of a kubeconfig that Config returned. It drops everything else: to be certain, compare
// the Config of the result with the text. Its errors never contain the credential.
func ParseRemote(text []byte) (Remote, error) {
	var cfg clientcmdapiv1.Config
	if err := strict.YAML(text, &cfg); err != nil {
		return Remote{}, errors.New("parse remote kubeconfig: not a kubeconfig")
	}
	if len(cfg.Clusters) != 1 || len(cfg.Contexts) != 1 || len(cfg.AuthInfos) != 1 {
		return Remote{}, errors.New("parse remote kubeconfig: it does not have one cluster, one context and one user")
	}
	at, user := cfg.Clusters[0].Cluster, cfg.AuthInfos[0].AuthInfo
	remote := Remote{
		ClusterID:                cfg.CurrentContext,
		Server:                   at.Server,
		CertificateAuthorityData: at.CertificateAuthorityData,
		TLSServerName:            at.TLSServerName,
		ProxyURL:                 at.ProxyURL,
	}
	if user.TokenFile != "" {
		remote.Public = TokenFile(user.TokenFile)
	}
	var err error
	if user.Token != "" {
		remote.Token, err = ParseToken([]byte(user.Token))
	}
	if err == nil && len(user.ClientCertificateData)+len(user.ClientKeyData) > 0 {
		remote.Certificate, err = ParseClientCertificate(user.ClientCertificateData, user.ClientKeyData)
	}
	if err != nil {
		return Remote{}, fmt.Errorf("parse remote kubeconfig: %w", err)
	}
	return remote, nil
}

package cluster

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
)

// RemoteSecret is a Secret that istiod reads as a remote secret: by its label, in its namespace.
type RemoteSecret struct {
	Name   string
	Labels map[string]string
	// Remotes are its kubeconfigs, sorted by cluster ID.
	Remotes []RemoteKubeconfig
}

// RemoteKubeconfig is the printable part of a kubeconfig in a remote secret, and its credential, which cannot be
// printed.
type RemoteKubeconfig struct {
	// ClusterID is the key in the Secret.
	ClusterID string
	// Refused explains why istiod does not load it; all else is then empty.
	Refused string
	// The server of its current context.
	Server, TLSServerName, ProxyURL string
	CertificateAuthorityData        []byte
	// Insecure is set if the server is not verified.
	Insecure bool
	// Token is the credential; the zero Token if it is of another kind.
	Token kubeconfig.Token
	// TokenFile is the path in istiod's pod of its token, if it is read from a file, which istiod accepts only if
	// configured.
	TokenFile string

	// A pointer, because fmt prints only the address of what an unexported field points to.
	key *certificateKey
}

// certificateKey is a client certificate, if any.
type certificateKey struct{ cert, key []byte }

// RemoteSecrets lists the remote secrets of a namespace, sorted by name.
func (c *Client) RemoteSecrets(ctx context.Context, namespace string) ([]RemoteSecret, error) {
	list, err := c.kube.secrets(ctx, namespace, metav1.ListOptions{LabelSelector: "istio/multiCluster=true"})
	if err != nil {
		return nil, fmt.Errorf("list remote secrets: %w", err)
	}
	var secrets []RemoteSecret
	for _, secret := range list.Items {
		secrets = append(secrets, remoteSecret(secret))
	}
	slices.SortFunc(secrets, func(a, b RemoteSecret) int { return strings.Compare(a.Name, b.Name) })
	return secrets, nil
}

func remoteSecret(secret corev1.Secret) RemoteSecret {
	result := RemoteSecret{Name: secret.Name, Labels: secret.Labels}
	for _, id := range slices.Sorted(maps.Keys(secret.Data)) {
		result.Remotes = append(result.Remotes, parseRemote(id, secret.Data[id]))
	}
	return result
}

// ParseRemote loads a remote kubeconfig that is not in a cluster yet.
func ParseRemote(id string, text []byte) RemoteKubeconfig { return parseRemote(id, text) }

// Validity returns when the credential is valid; zero times are unknown or unlimited.
func (r RemoteKubeconfig) Validity() (begin, end time.Time) {
	if claims, ok := r.Token.Claims(); ok {
		return claims.IssuedAt, claims.Expiry
	}
	if certificate := r.certificate(); certificate != nil {
		return certificate.NotBefore.UTC(), certificate.NotAfter.UTC()
	}
	return time.Time{}, time.Time{}
}

// User returns the user of a client certificate; empty if the credential is of another kind.
func (r RemoteKubeconfig) User() string {
	if certificate := r.certificate(); certificate != nil {
		return certificate.Subject.CommonName
	}
	return ""
}

func (r RemoteKubeconfig) certificate() *x509.Certificate {
	if r.key == nil {
		return nil
	}
	block, _ := pem.Decode(r.key.cert)
	if block == nil {
		return nil
	}
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil
	}
	return certificate
}

// parseRemote loads a kubeconfig like istiod (istio pkg/kube/util.go NewUntrustedRestConfig). It opens no file that the
// kubeconfig refers to, and repeats nothing that cannot be parsed.
func parseRemote(id string, text []byte) RemoteKubeconfig {
	config, err := clientcmd.Load(text)
	if err != nil || len(text) == 0 {
		return RemoteKubeconfig{ClusterID: id, Refused: "it is not a kubeconfig"}
	}
	if err := acceptable(config); err != nil {
		return RemoteKubeconfig{ClusterID: id, Refused: strings.ReplaceAll(err.Error(), "\n", "; ")}
	}
	current := config.Contexts[config.CurrentContext]
	cluster, user := config.Clusters[current.Cluster], config.AuthInfos[current.AuthInfo]
	remote := RemoteKubeconfig{
		ClusterID:                id,
		Server:                   cluster.Server,
		TLSServerName:            cluster.TLSServerName,
		ProxyURL:                 cluster.ProxyURL,
		CertificateAuthorityData: cluster.CertificateAuthorityData,
		Insecure:                 cluster.InsecureSkipTLSVerify,
		TokenFile:                user.TokenFile,
		key:                      &certificateKey{cert: user.ClientCertificateData, key: user.ClientKeyData},
	}
	if user.Token != "" {
		if remote.Token, err = kubeconfig.ParseToken([]byte(user.Token)); err != nil {
			return RemoteKubeconfig{ClusterID: id, Refused: err.Error()}
		}
	}
	return remote
}

// acceptable applies istiod's checks. Files would be in istiod's container, so a kubeconfig with a file is rejected
// before clientcmd opens it here; a token's file is never opened.
func acceptable(config *clientcmdapi.Config) error {
	if err := kubeconfig.Sanitize(*config, kubeconfig.TokenFileOption); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(config.Clusters)) {
		if config.Clusters[name].CertificateAuthority != "" {
			return fmt.Errorf("cluster %q reads its CA from a file", name)
		}
	}
	if err := clientcmd.Validate(*config); err != nil {
		return err
	}
	current := config.Contexts[config.CurrentContext]
	if current == nil || config.Clusters[current.Cluster] == nil || config.AuthInfos[current.AuthInfo] == nil {
		return errors.New("its current context has no cluster and user")
	}
	return nil
}

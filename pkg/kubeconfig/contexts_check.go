package kubeconfig

import (
	"errors"
	"fmt"
	"net/url"

	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// checkCluster checks a context's cluster entry.
func checkCluster(context, name string, cluster *clientcmdapi.Cluster) Problems {
	var problems Problems
	add := func(err error, remedies ...string) {
		if err != nil {
			text := fmt.Sprintf("cluster %q: %v", name, err)
			problems = append(problems, Problem{Context: context, Text: text, Remedies: remedies})
		}
	}
	add(checkVerifies(cluster), hintAuthority(context, name)...)
	add(checkServer(cluster.Server), hintSet(name, "--server=https://HOST:PORT"))
	add(checkCA(cluster.CertificateAuthorityData), hintAuthority(context, name)...)
	add(checkTLSServerName(cluster.TLSServerName), hintSet(name, "--tls-server-name=NAME"))
	add(checkProxy(cluster.ProxyURL), hintSet(name, "--proxy-url=http://HOST:PORT"))
	add(checkProxyUser(cluster.ProxyURL),
		"omit the context, and add the cluster by hand, with a proxy that requires no password")
	return problems
}

func checkVerifies(cluster *clientcmdapi.Cluster) error {
	if cluster.InsecureSkipTLSVerify {
		return errors.New("insecure-skip-tls-verify is set: a peer's control plane would send its token to any server")
	}
	return nil
}

// checkProxyUser keeps proxy passwords out of Context. A remote kubeconfig may have one, because it is stored in a
// Secret.
func checkProxyUser(proxy string) error {
	if u, err := url.Parse(proxy); err == nil && u.User != nil {
		return fmt.Errorf("proxy-url %s contains a user name", shown(proxy))
	}
	return nil
}

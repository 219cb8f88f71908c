package kubeconfig

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// Context is what a kubeconfig says about the API server of one context. Credentials are not
// part of it.
type Context struct {
	// Name is the name of the context.
	Name string
	// Server is an https URL; it may be one that only this machine reaches.
	Server string
	// CertificateAuthorityData is PEM. When it is empty and CertificateAuthorityFile is too, the
	// roots of the reader's system verify the server.
	CertificateAuthorityData []byte
	// CertificateAuthorityFile is the path of a PEM file, relative to the working directory if
	// at all; the caller reads it. Empty when there is CertificateAuthorityData.
	CertificateAuthorityFile string
	TLSServerName            string
	ProxyURL                 string
	// ClusterName is a suggestion: a DNS-1123 label, unique among the contexts returned with it.
	ClusterName string
	Origin      Origin
	// User is the name of the user entry.
	User string
	// Selector is what the arguments of the user's login program say of the cluster: behind one address Teleport, for
	// one, tells clusters apart by nothing else.
	Selector string
}

// Contexts reads the named contexts of cfg, in that order and each once; with no names, all
// contexts, sorted by name. Two contexts may well be one cluster: they then have one Server.
//
// The error is a Problems with everything that is wrong with any of them.
func Contexts(cfg clientcmdapi.Config, names []string) ([]Context, error) {
	if len(names) == 0 {
		names = slices.Sorted(maps.Keys(cfg.Contexts))
	}
	var contexts []Context
	var problems Problems
	seen := map[string]bool{}
	for _, name := range names {
		if seen[name] {
			continue
		}
		seen[name] = true
		c, found := readContext(cfg, name)
		contexts = append(contexts, c)
		problems = append(problems, found...)
	}
	if len(problems) > 0 {
		return nil, problems
	}
	nameClusters(contexts)
	return contexts, nil
}

// readContext returns a Context to use only when there are no problems.
func readContext(cfg clientcmdapi.Config, name string) (Context, Problems) {
	entry := cfg.Contexts[name]
	if entry == nil {
		return Context{}, Problems{{name, "it is not in the kubeconfig", []string{hintContexts(cfg, name)}}}
	}
	cluster := cfg.Clusters[entry.Cluster]
	if cluster == nil {
		text := fmt.Sprintf("its cluster %q is not in the kubeconfig", entry.Cluster)
		return Context{}, Problems{{name, text, []string{hintClusters(cfg, name, entry.Cluster)}}}
	}
	c := Context{
		Name:                     name,
		Server:                   cluster.Server,
		CertificateAuthorityData: cluster.CertificateAuthorityData,
		CertificateAuthorityFile: authorityFile(cluster),
		TLSServerName:            cluster.TLSServerName,
		ProxyURL:                 cluster.ProxyURL,
		Origin:                   originOf(name, entry.Cluster, cluster.Server),
		User:                     entry.AuthInfo,
		Selector:                 selectorOf(cfg.AuthInfos[entry.AuthInfo]),
	}
	return c, checkCluster(name, entry.Cluster, cluster)
}

// authorityFile resolves the path as client-go does, from the folder of the kubeconfig, and
// like client-go prefers data (tools/clientcmd/loader.go ResolveLocalPaths).
func authorityFile(cluster *clientcmdapi.Cluster) string {
	path := cluster.CertificateAuthority
	if path == "" || len(cluster.CertificateAuthorityData) > 0 {
		return ""
	}
	if filepath.IsAbs(path) || cluster.LocationOfOrigin == "" {
		return path
	}
	return filepath.Join(filepath.Dir(cluster.LocationOfOrigin), path)
}

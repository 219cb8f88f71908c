package kubeconfig

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// Context describes the API server of a kubeconfig context, without credentials.
type Context struct {
	Name string
	// Server is an https URL, which might be reachable only from this machine.
	Server string
	// CertificateAuthorityData is PEM. If it and CertificateAuthorityFile are empty, the server is verified with the
	// system roots.
	CertificateAuthorityData []byte
	// CertificateAuthorityFile is the path of a PEM file, possibly relative to the working directory; the caller reads it.
	// Empty if CertificateAuthorityData is set.
	CertificateAuthorityFile string
	TLSServerName            string
	ProxyURL                 string
	// ClusterName is a suggested name: a DNS-1123 label, unique among the contexts returned together.
	ClusterName string
	Origin      Origin
	// User is the name of the user entry.
	User string
	// Selector is what the arguments of the user's login program say about the cluster. Behind Teleport, for example,
	// clusters share an address and differ in nothing else.
	Selector string
}

// Contexts returns the named contexts of cfg, in that order and without duplicates; without names, all contexts, sorted
// by name. Two contexts can be the same cluster; their Server is then the same. The error is a Problems with all
// problems of all contexts.
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

// readContext returns a Context, which is usable only if there are no problems.
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

// authorityFile resolves the path like client-go, relative to the kubeconfig's directory, and like client-go prefers
// data (tools/clientcmd/loader.go ResolveLocalPaths).
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

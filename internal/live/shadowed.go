package live

import (
	"maps"
	"os"
	"slices"

	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// Shadowed is a context of a kubeconfig file that disappears or points at another cluster when the files of KUBECONFIG
// are merged: the first of several entries with the same name wins, for example in the files of k3s, which all use
// default.
type Shadowed struct {
	// Context of File; By is the file with the winning entry, of the kind and name Entry.
	Context, File, By, Entry string
}

// ShadowedContexts lists the contexts that are lost when KUBECONFIG's files are merged, in the order of the files. It
// skips unreadable files, which ReadKubeconfig reports.
func ShadowedContexts(file string) []Shadowed {
	if file != "" {
		return nil
	}
	var shadowed []Shadowed
	contexts, clusters := map[string]string{}, map[string]string{} // name to the first file that has it
	first := clientcmdapi.NewConfig()
	for _, file := range clientcmd.NewDefaultClientConfigLoadingRules().Precedence {
		config, err := clientcmd.LoadFromFile(file)
		if err != nil {
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(config.Contexts)) {
			cluster := config.Contexts[name].Cluster
			switch by, taken := contexts[name]; {
			case taken && !sameCluster(config, name, first, name):
				shadowed = append(shadowed, Shadowed{Context: name, File: file, By: by, Entry: "context " + name})
			case !taken && clusters[cluster] != "" && !sameEndpoint(config.Clusters[cluster], first.Clusters[cluster]):
				shadowed = append(shadowed, Shadowed{Context: name, File: file, By: clusters[cluster], Entry: "cluster " + cluster})
			}
		}
		for name, context := range config.Contexts {
			if _, taken := contexts[name]; !taken {
				contexts[name], first.Contexts[name] = file, context
			}
		}
		for name, cluster := range config.Clusters {
			if _, taken := clusters[name]; !taken {
				clusters[name], first.Clusters[name] = file, cluster
			}
		}
	}
	return shadowed
}

func sameCluster(a *clientcmdapi.Config, nameA string, b *clientcmdapi.Config, nameB string) bool {
	return sameEndpoint(a.Clusters[a.Contexts[nameA].Cluster], b.Clusters[b.Contexts[nameB].Cluster])
}

func sameEndpoint(a, b *clientcmdapi.Cluster) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Server == b.Server && a.TLSServerName == b.TLSServerName && a.ProxyURL == b.ProxyURL &&
		a.CertificateAuthority == b.CertificateAuthority &&
		slices.Equal(a.CertificateAuthorityData, b.CertificateAuthorityData)
}

// MissingKubeconfigs returns the files in KUBECONFIG that do not exist.
func MissingKubeconfigs() []string {
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	if !rules.WarnIfAllMissing { // KUBECONFIG is not set
		return nil
	}
	var missing []string
	for _, file := range rules.Precedence {
		if _, err := os.Stat(file); file != "" && os.IsNotExist(err) {
			missing = append(missing, file)
		}
	}
	return missing
}

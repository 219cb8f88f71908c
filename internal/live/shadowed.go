package live

import (
	"maps"
	"os"
	"slices"

	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// Shadowed is a context of a kubeconfig file that is not there once the files of KUBECONFIG are merged, or leads to
// another cluster: of two entries of one name the first counts, as the files of k3s, which all say default, show.
type Shadowed struct {
	// Context of File; By is the file whose entry counts, of the kind and the name Entry.
	Context, File, By, Entry string
}

// ShadowedContexts lists the contexts that a merge of KUBECONFIG's files loses, in the order of the files. A file that
// cannot be read has none: ReadKubeconfig says so.
func ShadowedContexts(file string) []Shadowed {
	if file != "" {
		return nil
	}
	var shadowed []Shadowed
	contexts, clusters := map[string]string{}, map[string]string{} // name to the file that has it first
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

// MissingKubeconfigs are the files that KUBECONFIG names and that are not there.
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

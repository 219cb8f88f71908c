package kubeconfig

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/nearest"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/printable"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

// hintContexts suggests a context for an unknown name: the nearest name, or the first whose cluster has that name on
// its platform.
func hintContexts(cfg clientcmdapi.Config, name string) string {
	have := slices.Sorted(maps.Keys(cfg.Contexts))
	if near, ok := nearest.Name(name, have); ok && near != name {
		return fmt.Sprintf("did you mean %q?", near)
	}
	for _, context := range have {
		if o, ok := originOfName(context); ok && o.Cluster == name {
			return fmt.Sprintf("did you mean %q?", context)
		}
	}
	return "list the contexts with: kubectl config get-contexts -o name"
}

// hintClusters suggests a cluster entry for a context that refers to a missing one.
func hintClusters(cfg clientcmdapi.Config, context, name string) string {
	if near, ok := nearest.Name(name, slices.Collect(maps.Keys(cfg.Clusters))); ok {
		return fmt.Sprintf("kubectl config set-context %s --cluster=%s",
			shellWord(context, "CONTEXT"), shellWord(near, "CLUSTER"))
	}
	return "list the clusters with: kubectl config get-clusters"
}

// hintSet returns the command that sets a flag of a cluster entry. The flag needs no quoting.
func hintSet(name, flag string) string {
	return fmt.Sprintf("kubectl config set-cluster %s %s", shellWord(name, "CLUSTER"), flag)
}

// hintAuthority returns commands that fetch the certificate authority from the cluster itself, where each namespace has
// it (Kubernetes pkg/controller/certificates/rootcacertpublisher). That is only as trustworthy as the connection, hence
// the second command. The third also enables verification (kubectl pkg/cmd/config/set_cluster.go).
func hintAuthority(context, name string) []string {
	return []string{
		"kubectl --context " + shellWord(context, "CONTEXT") +
			` -n kube-system get configmap kube-root-ca.crt -o 'jsonpath={.data.ca\.crt}' >ca.crt`,
		"openssl x509 -in ca.crt -noout -fingerprint -sha256   # compare with the cluster owner",
		hintSet(name, "--certificate-authority=ca.crt --embed-certs=true"),
	}
}

// shellWord quotes s for a POSIX shell command that users copy. Text that is not one readable line is replaced by
// placeholder.
func shellWord(s, placeholder string) string {
	if !printable.Text(s) || strings.ContainsRune(s, unicode.ReplacementChar) {
		return placeholder
	}
	return shell.Name(s)
}

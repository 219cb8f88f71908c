package initial

import (
	"bytes"
	"crypto/sha256"
	"net/url"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/live"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
)

// noContexts lists the kubeconfig files that do not exist.
func noContexts(file string) error {
	const remedy = "specify a kubeconfig: --kubeconfig FILE"
	if missing := live.MissingKubeconfigs(); file == "" && len(missing) > 0 {
		return verdict.Inputf(remedy, "the kubeconfig has no contexts: %s does not exist", strings.Join(missing, ", "))
	}
	return verdict.Inputf(remedy, "the kubeconfig has no contexts")
}

// shadowed reports contexts that are lost when kubeconfig files are merged. It is an error if one of them was requested
// by name, which is ambiguous.
func shadowed(file string, names []string, log hint.Log) error {
	if file == "" {
		for _, missing := range live.MissingKubeconfigs() {
			log.Warn("", "kubeconfig %s does not exist", missing)
		}
	}
	for _, lost := range live.ShadowedContexts(file) {
		remedy := "rename the context, the cluster and the user of " + lost.File + ", or run init with " +
			"--kubeconfig " + lost.File
		if slices.Contains(names, lost.Context) {
			return verdict.Inputf(remedy,
				"context %q in %s is ambiguous: kubectl uses the %s of %s instead", lost.Context, lost.File, lost.Entry, lost.By)
		}
		log.Warn(remedy,
			"skipping context %q in %s: kubectl uses the %s of %s instead", lost.Context, lost.File, lost.Entry, lost.By)
	}
	return nil
}

// identity distinguishes the clusters of two contexts: several clusters can share an address, with different
// authorities, or with different arguments of a login program.
type identity struct {
	server, tlsServerName, proxy, selector string
	authority                              [sha256.Size]byte
}

func identityOf(context kubeconfig.Context) identity {
	return identity{server: canonical(context.Server), tlsServerName: context.TLSServerName, proxy: context.ProxyURL,
		selector: context.Selector, authority: sha256.Sum256(context.CertificateAuthorityData)}
}

// canonical returns the canonical spelling of a URL: scheme and host are case-insensitive, and https uses port 443.
func canonical(server string) string {
	address, err := url.Parse(server)
	if err != nil {
		return server
	}
	address.Host = strings.ToLower(address.Host)
	if address.Scheme == "https" {
		address.Host = strings.TrimSuffix(address.Host, ":443")
	}
	address.Path = strings.TrimRight(address.Path, "/")
	return address.String()
}

// distinct keeps one context per cluster: others differ only in user or namespace, or connect through Rancher. Contexts
// requested by name are never omitted: two for one cluster are an error.
func distinct(contexts []kubeconfig.Context, named []string, log hint.Log) ([]kubeconfig.Context, error) {
	var kept []kubeconfig.Context
	first := map[identity]string{}
	for _, context := range contexts {
		other, why := first[identityOf(context)], "points at the same API server as"
		if direct := directOf(context, contexts); other == "" && direct != "" {
			other, why = direct, "points at the same cluster, through Rancher's proxy, as"
		}
		if node := firstNodeOf(context, contexts); other == "" && node != "" {
			other, why = node, "points at another node of the same cluster as"
		}
		switch {
		case other == "":
			first[identityOf(context)] = context.Name
			kept = append(kept, context)
		case len(named) > 0:
			return nil, verdict.Inputf("specify only one of them", "context %q %s %q", context.Name, why, other)
		default:
			log.Warn("", "skipping context %q: it %s %q", context.Name, why, other)
		}
	}
	return kept, nil
}

// directOf returns the first context that connects directly to an API server that this one reaches through Rancher.
// Rancher's kubeconfig has one user for all contexts of a cluster.
func directOf(context kubeconfig.Context, contexts []kubeconfig.Context) string {
	if !throughRancher(context) {
		return ""
	}
	for _, other := range contexts {
		if other.User == context.User && !throughRancher(other) {
			return other.Name
		}
	}
	return ""
}

// firstNodeOf returns the first direct context if Rancher wrote one for each control plane node: they have the user of
// the context through Rancher, and the same certificate authority.
func firstNodeOf(context kubeconfig.Context, contexts []kubeconfig.Context) string {
	sameUser := func(other kubeconfig.Context) bool { return other.User == context.User }
	proxied := func(other kubeconfig.Context) bool { return sameUser(other) && throughRancher(other) }
	if throughRancher(context) || !slices.ContainsFunc(contexts, proxied) {
		return ""
	}
	for _, other := range contexts {
		sameAuthority := bytes.Equal(other.CertificateAuthorityData, context.CertificateAuthorityData)
		switch {
		case other.Name == context.Name:
			return ""
		case sameUser(other) && !throughRancher(other) && sameAuthority:
			return other.Name
		}
	}
	return ""
}

func throughRancher(context kubeconfig.Context) bool {
	return strings.Contains(context.Server, "/k8s/clusters/")
}

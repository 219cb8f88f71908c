package kubeconfig

import (
	"net/url"
	"strings"
)

// Origin is where a cluster runs, guessed from names in a kubeconfig and the server's host; anyone can rename a
// context. Unknown fields are empty.
type Origin struct {
	Platform string // gke, eks, aks, openshift, k3s, kind
	Project  string // gke: the project ID, with its domain if it has one (example.com:proj)
	Account  string // eks: the account number
	Location string // gke: region or zone; eks, aks: region
	Cluster  string // the platform's own name for the cluster
}

// originOf reads the context's name, then that of its cluster entry, which stays when a user renames the context. If
// the host indicates another platform, the host wins.
func originOf(context, cluster, server string) Origin {
	named, ok := originOfName(context)
	if !ok {
		named, _ = originOfName(cluster)
	}
	if hosted := originOfServer(server); hosted.Platform != "" && hosted.Platform != named.Platform {
		return hosted
	}
	return named
}

// originOfServer recognizes the domains of managed platforms. In all of them, the label before the domain is the
// location.
func originOfServer(server string) Origin {
	u, err := url.Parse(server)
	if err != nil {
		return Origin{}
	}
	host := strings.ToLower(u.Hostname())
	for _, domain := range []struct{ suffix, platform string }{
		{suffix: ".azmk8s.io", platform: "aks"},
		{suffix: ".gke.goog", platform: "gke"},
		{suffix: ".eks.amazonaws.com", platform: "eks"},
		{suffix: ".eks.amazonaws.com.cn", platform: "eks"},
	} {
		if rest, ok := strings.CutSuffix(host, domain.suffix); ok {
			return Origin{Platform: domain.platform, Location: rest[strings.LastIndexByte(rest, '.')+1:]}
		}
	}
	return Origin{}
}

package rules

import (
	"regexp"
	"strings"
)

// front is a proxy before API servers.
type front struct {
	name, instead string
	// public is set if its certificate is from a public authority.
	public bool
	// passes is set if it accepts ServiceAccount credentials, or if another rule checks them.
	passes bool
}

// frontOf recognizes a proxy before an API server by the form of the address; nil if it is none.
func frontOf(at location, isGKE bool, all []knownFront) *front {
	for _, known := range all {
		if known.at(at) {
			found := known.front
			found.passes = strings.HasSuffix(at.host, gkeZone) && isGKE // MESH057 and MESH058
			return &found
		}
	}
	return nil
}

// gkeZone is the DNS zone of GKE's DNS endpoints.
const gkeZone = ".gke.goog"

type knownFront struct {
	front front
	at    func(location) bool
}

// fronts lists the proxies with a recognizable address.
func fronts() []knownFront {
	const own = "set the cluster's own address"
	return []knownFront{
		{
			front: front{
				name: "Rancher's proxy",
				instead: own + ": the authorized cluster endpoint, which is another context in Rancher's kubeconfig, or " +
					"https://NODE:6443",
			},
			at: func(at location) bool { return strings.Contains(at.path, "/k8s/clusters/") },
		},
		{
			front: front{
				name:    "Google's Connect gateway",
				public:  true,
				instead: own + "; for GKE, omit api.server and import its endpoints: kubectl mesh import gke FILE",
			},
			at: func(at location) bool {
				return strings.HasSuffix(at.host, "connectgateway.googleapis.com") ||
					strings.HasSuffix(at.host, "gkeconnect.googleapis.com")
			},
		},
		{front: front{name: "Teleport's proxy", instead: own + " and CA, and omit tlsServerName"}, at: teleport},
		{
			front: front{
				name:    "the proxy of the vCluster Platform",
				instead: "set the address of the virtual cluster's own Service or load balancer",
			},
			at: func(at location) bool { return len(at.path) > 1 && vclusterPath().MatchString(at.path) },
		},
		{
			front: front{
				name:   "the DNS endpoint of GKE",
				public: true,
				instead: "set gke: {project: PROJECT, location: LOCATION, tokensViaDNS: true} after: " +
					"gcloud container clusters update CLUSTER --enable-k8s-tokens-via-dns; or set another endpoint",
			},
			at: func(at location) bool { return strings.HasSuffix(at.host, gkeZone) },
		},
		{
			front: front{name: "the proxy of GitLab's agent", instead: own},
			at:    func(at location) bool { return strings.HasSuffix(strings.TrimRight(at.path, "/"), "/k8s-proxy") },
		},
		{
			front: front{name: "Portainer's proxy", instead: own},
			at:    func(at location) bool { return len(at.path) > 1 && portainerPath().MatchString(at.path) },
		},
		{
			front: front{name: "Karmada's proxy", instead: own},
			at:    func(at location) bool { return strings.Contains(at.path, "/apis/cluster.karmada.io/") },
		},
		{
			front: front{name: "Omni's proxy", instead: own},
			at:    func(at location) bool { return strings.Contains(at.host, ".kubernetes.omni.") },
		},
		{
			front: front{
				name:    "a Service behind the proxy of another API server",
				instead: "set the address of the Service's own load balancer or node port",
			},
			at: func(at location) bool { return len(at.path) > 1 && servicePath().MatchString(at.path) },
		},
	}
}

// teleport recognizes the server name that clients send to its shared port, its separate Kubernetes port, and the path
// for clients that send no server name (https://goteleport.com/docs/reference/networking, kube_listen_addr).
func teleport(at location) bool {
	named := strings.HasPrefix(at.tlsServerName, "kube-teleport-proxy-alpn.") ||
		strings.HasSuffix(at.tlsServerName, ".teleport.cluster.local") ||
		at.tlsServerName == "kube."+at.host
	return named || strings.HasSuffix(at.host, ".teleport.sh") ||
		strings.HasPrefix(at.path, "/v1/teleport/") || at.port == "3026"
}

func vclusterPath() *regexp.Regexp {
	return regexp.MustCompile(`/kubernetes/(project|cluster|virtualcluster|management)(/|$)`)
}

func portainerPath() *regexp.Regexp { return regexp.MustCompile(`/api/endpoints/[0-9]+/kubernetes`) }

func servicePath() *regexp.Regexp {
	return regexp.MustCompile(`/api/v1/namespaces/[^/]+/services/[^/]+/proxy`)
}

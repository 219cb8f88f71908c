package changes

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/summary"
)

// Kinds of changes of API servers and cluster identities.
const (
	serverMoved     ID = "MC010"
	authorityMoved  ID = "MC011"
	proxyChanged    ID = "MC012"
	tlsNameChanged  ID = "MC013"
	issuerChanged   ID = "MC014"
	identityChanged ID = "MC015"
	identityPinned  ID = "MC016"
)

func endpointKinds() []Kind {
	const token = "A control plane sends its credential to this address, and trusts the endpoints that it returns. "
	return []Kind{
		{
			ID:       serverMoved,
			Severity: Danger,
			Title:    "API server address changed",
			Many:     "API server addresses changed",
			Why:      token + "A wrong address receives a credential that can read every Secret of the cluster.",
			Review:   "Verify the new address with the cluster owner over another channel.",
		},
		{
			ID:       authorityMoved,
			Severity: Danger,
			Title:    "API server CA changed",
			Many:     "API server CAs changed",
			Why:      token + "The holder of a key under this CA can impersonate the API server.",
			Review:   "Compare the SHA-256 of the new certificate with the cluster owner over another channel.",
		},
		{
			ID:       proxyChanged,
			Severity: Danger,
			Title:    "API server proxy changed",
			Many:     "API server proxies changed",
			Why: token + "A proxy sees destinations and can interrupt connections; if the API server is not verified, " +
				"it can read them.",
			Review: "Verify who runs the proxy.",
		},
		{
			ID:       tlsNameChanged,
			Severity: Danger,
			Title:    "Expected TLS name changed",
			Many:     "expected TLS names changed",
			Why:      token + "The API server's certificate is verified against this name instead of the address.",
			Review:   "Verify that the certificate of the cluster's API server contains this name.",
		},
		{
			ID:       issuerChanged,
			Severity: Danger,
			Title:    "Token issuer changed",
			Many:     "token issuers changed",
			Why: "Target clusters with federated readers trust tokens of this issuer, signed with these keys. The holder of " +
				"such a key can read every Secret of them.",
			Review: "Compare the issuer and its keys with the cluster owner over another channel.",
		},
		{
			ID:       identityChanged,
			Severity: Danger,
			Title:    "Pinned identity of a cluster changed",
			Many:     "pinned identities of clusters changed",
			Why: "Before a cluster is changed, its UID is compared with the pinned one. Another UID lets commands change " +
				"another cluster; without one, only the CA that mesh.yaml declares is compared.",
			Review: "Verify that the cluster was re-created: kubectl get namespace kube-system -o jsonpath={.metadata.uid}",
		},
		{
			ID:       identityPinned,
			Severity: Note,
			Title:    "Identity of a cluster pinned",
			Many:     "identities of clusters pinned",
			Why: "From now on commands change only the cluster with this UID. Until now they accepted the one whose API " +
				"server has the CA that mesh.yaml declares.",
			Review: "Compare the UID: kubectl get namespace kube-system -o jsonpath={.metadata.uid}",
		},
	}
}

// consumed is an endpoint as used by one control plane.
type consumed struct {
	target, consumer string
	*summary.Endpoint
}

func (e consumed) key() string { return e.target + "\x00" + e.consumer }

// used returns the endpoints of all clusters, one per control plane; unused ones once.
func used(s summary.Summary) []consumed {
	var all []consumed
	for _, cluster := range s.Clusters {
		for i := range cluster.Endpoints {
			endpoint := &cluster.Endpoints[i]
			for _, consumer := range endpoint.Consumers {
				all = append(all, consumed{target: cluster.Name, consumer: consumer, Endpoint: endpoint})
			}
			if len(endpoint.Consumers) == 0 {
				all = append(all, consumed{target: cluster.Name, consumer: "", Endpoint: endpoint})
			}
		}
	}
	return all
}

func (c *comparison) endpoints() {
	_, added, both := match(used(c.base.Summary), used(c.head.Summary), consumed.key)
	both = append(both, c.unknown(added)...)
	c.values(both, serverMoved, "server",
		"%s's istiod reads %s's API server at another address",
		func(e consumed) []string { return value(e.Server) })
	c.values(both, authorityMoved, "certificateAuthority",
		"%s's istiod verifies %s's API server with another CA",
		certificates)
	c.values(both, proxyChanged, "proxy",
		"%s's istiod reaches %s's API server through another proxy",
		func(e consumed) []string { return value(e.Proxy) })
	c.values(both, tlsNameChanged, "tlsServerName",
		"%s's istiod expects another name in the certificate of %s's API server",
		func(e consumed) []string { return value(e.TLSServerName) })
}

// unknown returns endpoints of new consumers: each paired with the previous endpoint at the same address, or, if the
// cluster did not have that address, with its first one.
func (c *comparison) unknown(added []consumed) []changed[consumed] {
	before := map[string][]consumed{}
	for _, old := range used(c.base.Summary) {
		before[old.target] = append(before[old.target], old)
	}
	var pairs []changed[consumed]
	for i := range added {
		old := before[added[i].target]
		same := slices.IndexFunc(old, func(e consumed) bool { return e.Server == added[i].Server })
		if same < 0 && len(old) > 0 && !c.knows(added[i]) {
			same = 0
		}
		if same >= 0 {
			pairs = append(pairs, changed[consumed]{base: &old[same], head: &added[i]})
		}
	}
	return pairs
}

// knows reports whether the base side has an address for a cluster, used or not: GKE has several.
func (c *comparison) knows(endpoint consumed) bool {
	host := func(address string) string { return strings.TrimPrefix(address, "https://") }
	same := func(address string) bool { return host(address) == host(endpoint.Server) }
	return slices.ContainsFunc(clustersOf(c.base.Mesh), func(cluster v1alpha1.Cluster) bool {
		known := []string{cluster.API.Server}
		if cluster.GKE != nil {
			known = append(known, cluster.GKE.Endpoints.Public, cluster.GKE.Endpoints.Private, cluster.GKE.Endpoints.DNS)
		}
		return cluster.Name == endpoint.target && slices.ContainsFunc(known, same)
	})
}

func certificates(e consumed) []string {
	var all []string
	for _, ca := range e.CAs {
		all = append(all, certificateText(ca))
	}
	return all
}

func certificateText(c summary.Certificate) string {
	return c.Subject + ", SHA-256 " + c.SHA256 + ", valid until " + c.Expires
}

// moved is a change of a value of an API server that several control planes share.
type moved struct {
	at            summary.Place
	before, after []string
	consumers     []string
}

// values compares one value of all endpoints. Control planes with the same change share it.
func (c *comparison) values(pairs []changed[consumed], id ID, class, format string, of func(consumed) []string) {
	targets := map[string]map[string]*moved{}
	for _, pair := range pairs {
		before, after := of(*pair.base), of(*pair.head)
		if slices.Equal(before, after) {
			continue
		}
		target, key := pair.head.target, strings.Join(before, "\x00")+"\x01"+strings.Join(after, "\x00")
		if targets[target] == nil {
			targets[target] = map[string]*moved{}
		}
		if targets[target][key] == nil {
			at := pair.head.At
			if id == authorityMoved && pair.head.CAsAt != (summary.Place{}) {
				at = pair.head.CAsAt
			}
			targets[target][key] = &moved{at: at, before: before, after: after}
		}
		targets[target][key].consumers = append(targets[target][key].consumers, pair.head.consumer)
	}
	for target, groups := range targets {
		for _, key := range slices.Sorted(maps.Keys(groups)) {
			c.addMoved(id, class, format, target, groups[key], len(groups) > 1)
		}
	}
}

func (c *comparison) addMoved(id ID, class, format, target string, m *moved, several bool) {
	object := "apiServer/" + target
	if several { // each has its own identity
		object += "/" + strings.Join(m.consumers, ",")
	}
	who := strings.Join(slices.DeleteFunc(slices.Clone(m.consumers), func(name string) bool { return name == "" }), ", ")
	c.add(id, Change{
		Object:   object,
		Class:    class,
		Clusters: append([]string{target}, m.consumers...),
		At:       m.at,
		Before:   m.before,
		After:    m.after,
		Says:     say(format, cmp.Or(who, "no cluster"), target),
	})
}

// identities compares what identifies the clusters to commands, and to clusters with federated readers.
func (c *comparison) identities() {
	for _, pair := range c.clusterSpecs() {
		base, head, name := pair.base, pair.head, pair.head.Name
		add := func(id ID, class, field, format string, before, after string) {
			if before != after {
				c.add(id, Change{Object: "cluster/" + name, Class: class, Clusters: []string{name}, At: c.fieldOf(name, field),
					Says: say(format, name), Before: value(before), After: value(after)})
			}
		}
		if base.UID != "" {
			add(identityChanged, "uid", "uid", "commands that change %s accept another cluster", base.UID, head.UID)
		} else {
			add(identityPinned, "uid", "uid", "the UID of %s is pinned", base.UID, head.UID)
		}
		if !c.federates() {
			continue
		}
		add(issuerChanged, "issuer", "api.serviceAccountIssuer", "tokens of %s are accepted from another issuer",
			base.API.ServiceAccountIssuer, head.API.ServiceAccountIssuer)
		add(issuerChanged, "keys", "api.serviceAccountJWKS", "tokens of %s are verified with other keys",
			sum(base.API.ServiceAccountJWKS), sum(head.API.ServiceAccountJWKS))
		add(issuerChanged, "discoveryURL", "reader.discoveryURL", "%s reads its readers' keys from another location",
			base.Reader.DiscoveryURL, head.Reader.DiscoveryURL)
		add(issuerChanged, "discoveryCertificateAuthority", "reader.discoveryCertificateAuthorityData",
			"%s verifies the location of its readers' keys with another CA",
			sum(string(base.Reader.DiscoveryCertificateAuthorityData)),
			sum(string(head.Reader.DiscoveryCertificateAuthorityData)))
	}
}

// federates reports whether any control plane reads without a stored credential.
func (c *comparison) federates() bool {
	return slices.ContainsFunc(c.head.Summary.RemoteAccess, func(access summary.RemoteAccess) bool {
		return access.Credential.Kind == "federated"
	})
}

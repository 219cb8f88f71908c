package changes

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/summary"
)

// spokenFor are cluster fields that other kinds of changes cover. All other fields are reported by path, so that a new
// API field is never omitted unless it is added here.
func spokenFor() []string {
	return []string{
		"name", "clusterID", "uid", "controlPlane", "network", "trustDomain",
		"api.", "sealing.", "gateway.",
		"readerGenerations", "revokedReaders", "gke.authorizedNetworks",
		"istio.distribution", "istio.version", "istio.namespace", "istio.revision",
		"istio.dataPlane", "istio.managed", "istio.hub",
		"reader.auth", "reader.serviceAccount", "reader.external", "reader.allowNonExpiring",
		"reader.discoveryURL", "reader.discoveryCertificateAuthorityData",
	}
}

// spokenForMesh are the mesh fields that others cover. Inherited values are compared in the clusters.
func spokenForMesh() []string {
	return []string{
		"clusters", "sites", "links", "istio.", "reader.", "sealing.", "waivers", "discovery", "admissionPolicy", "sample.",
		"trust.domain", "trust.domainAliases",
		"trust.ca.provider", "trust.ca.keys", "trust.ca.roots", "trust.ca.issuerRef", "trust.ca.external",
	}
}

// settings reports what else changed. A field that another kind covers can change without effect, such as the issuer of
// tokens that no cluster accepts: it is reported if nothing else is reported for the cluster.
func (c *comparison) settings() {
	if c.base.Mesh == nil || c.head.Mesh == nil {
		return
	}
	about := c.about(func(ID) bool { return true })
	for _, pair := range c.clusterSpecs() {
		name, except := pair.head.Name, spokenFor()
		if !about[name] {
			except = []string{"name"}
		}
		c.fields("cluster/"+name, []string{name}, pair.base.ClusterSpec, pair.head.ClusterSpec, except,
			func(path string) summary.Place { return c.fieldOf(name, path) })
	}
	except := spokenForMesh()
	if len(c.found) == 0 {
		except = []string{"clusters", "sites", "links"}
	}
	c.fields("mesh", nil, c.base.Mesh.Spec, c.head.Mesh.Spec, except,
		func(path string) summary.Place { return c.field("spec." + path) })
}

// about returns the clusters of changes of some kinds.
func (c *comparison) about(counts func(ID) bool) map[string]bool {
	clusters := map[string]bool{}
	for _, change := range c.found {
		if !counts(change.ID) {
			continue
		}
		for _, cluster := range change.Clusters {
			clusters[cluster] = true
		}
	}
	return clusters
}

// other reports a changed setting of a cluster.
func (c *comparison) other(cluster, path, before, after string) {
	c.add(otherSettings, Change{Object: "cluster/" + cluster, Class: path, Clusters: []string{cluster},
		At: c.fieldOf(cluster, path), Says: say("%s of %s", path, cluster),
		Before: value(shorten(before)), After: value(shorten(after))})
}

func (c *comparison) fields(
	object string, clusters []string, base, head any, except []string, at func(path string) summary.Place,
) {
	before, after := flatten(base), flatten(head)
	for _, path := range slices.Sorted(maps.Keys(union(before, after))) {
		within := func(prefix string) bool {
			prefix = strings.TrimSuffix(prefix, ".")
			return path == prefix || strings.HasPrefix(path, prefix+".")
		}
		if before[path] == after[path] || slices.ContainsFunc(except, within) {
			continue
		}
		says := say("%s of the mesh", path)
		if clusters != nil {
			says = say("%s of %s", path, clusters[0])
		}
		c.add(otherSettings, Change{Object: object, Class: path, Clusters: clusters, At: at(path), Says: says,
			Before: value(shorten(before[path])), After: value(shorten(after[path]))})
	}
}

// flatten returns a value as paths with JSON texts; a list is one text.
func flatten(of any) map[string]string {
	var tree map[string]any
	all := map[string]string{}
	text, err := json.Marshal(of)
	if err != nil || json.Unmarshal(text, &tree) != nil {
		return all // our types can always be encoded
	}
	walk("", tree, all)
	return all
}

func walk(path string, tree map[string]any, all map[string]string) {
	for key, item := range tree {
		if deep, ok := item.(map[string]any); ok {
			walk(path+key+".", deep, all)
			continue
		}
		all[path+key] = scalar(item)
	}
}

func scalar(item any) string {
	if text, ok := item.(string); ok {
		return text
	}
	return jsonText(item)
}

func union(a, b map[string]string) map[string]string {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

// shorten truncates a value to a readable length.
func shorten(text string) string {
	const longest = 200
	if len(text) <= longest {
		return text
	}
	return fmt.Sprintf("%s… (%d bytes, %s)", strings.ToValidUTF8(text[:longest], ""), len(text), sum(text))
}

// jsonText returns a value as JSON; empty if there is none.
func jsonText(of any) string {
	text, err := json.Marshal(of)
	if err != nil || string(text) == "null" {
		return ""
	}
	return string(text)
}

// plainFormat escapes a text for use in a format.
func plainFormat(text string) string { return strings.ReplaceAll(text, "%", "%%") }

func sortedKeys(set map[string]bool) []string {
	keys := slices.Sorted(maps.Keys(set))
	if keys == nil {
		return []string{}
	}
	return keys
}

package cli

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/gke"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
)

// noteChanges has a line for each field that changes.
func (i *importer) noteChanges(name string, facts []fact, changed []string) {
	text := &i.changes
	switch {
	case len(changed) == 0:
		fmt.Fprintf(text, "%s: unchanged\n", name)
	case i.dryRun:
		fmt.Fprintf(text, "%s: %s would change\n", name, i.ws.path(mesh.FactsFile(name)))
	default:
		fmt.Fprintf(text, "%s: %s changed\n", name, i.ws.path(mesh.FactsFile(name)))
	}
	for _, fact := range facts {
		if !slices.Contains(changed, fact.field) {
			continue
		}
		was, is := shownFact(fact.field, i.recorded(name, fact.field)), shownFact(fact.field, fact.values)
		switch {
		case was == "":
			fmt.Fprintf(text, "  + %s: %s\n", fact.field, is)
		case is == "":
			fmt.Fprintf(text, "  - %s: %s\n", fact.field, was)
		default:
			fmt.Fprintf(text, "  ~ %s: %s -> %s\n", fact.field, was, is)
		}
	}
}

// shownFact is a value on one line; a certificate has too many letters for it.
func shownFact(field string, values []string) string {
	if field == "api.certificateAuthorityData" && len(values) > 0 {
		return fmt.Sprintf("(%d bytes)", len(values[0]))
	}
	return oneLine(strings.Join(values, ", "))
}

// sayOverruled warns where mesh.yaml says otherwise: it wins, and may be out of date.
func (i *importer) sayOverruled(target *v1alpha1.Cluster, facts []fact) {
	said, known := i.entries[target.Name]
	if !known {
		return
	}
	for _, fact := range facts {
		own := valuesAt(said, strings.Split(fact.field, "."))
		if own != nil && fact.values != nil && !slices.Equal(own, fact.values) {
			fmt.Fprintf(i.ErrOut, "warning: %s: %s says %s: %s, and the dump %s: %s counts\n", target.Name, i.ws.name, fact.field,
				shownFact(fact.field, own), shownFact(fact.field, fact.values), i.ws.name)
		}
	}
}

// entriesOf are the clusters of mesh.yaml, by name.
func entriesOf(text []byte) map[string]*yaml.Node {
	var document yaml.Node
	if yaml.Unmarshal(text, &document) != nil || len(document.Content) == 0 {
		return nil
	}
	entries := map[string]*yaml.Node{}
	for _, cluster := range keyValue(keyValue(document.Content[0], "spec"), "clusters").Content {
		if name := valuesAt(cluster, []string{"name"}); len(name) == 1 {
			entries[name[0]] = cluster
		}
	}
	return entries
}

// keyValue is what stands behind a key, an empty node where it is not there.
func keyValue(parent *yaml.Node, key string) *yaml.Node {
	if parent.Kind == yaml.AliasNode {
		parent = parent.Alias
	}
	if i := keyIndex(parent, key); i >= 0 {
		return parent.Content[i+1]
	}
	return &yaml.Node{}
}

// firstMesh is a mesh.yaml of the clusters in a dump.
func firstMesh(ids []gke.ID) string {
	return "apiVersion: " + v1alpha1.APIVersion + "\nkind: " + v1alpha1.KindMesh + "\nmetadata:\n  name: shop\nspec:\n  clusters:\n" +
		indented(indented(clusterLines(ids, nil)))
}

// maxStrangers bounds how many clusters are written out.
const maxStrangers = 50

// clusterLines are entries for spec.clusters, each with a name that is still free.
func clusterLines(ids []gke.ID, taken []string) string {
	more := ""
	if len(ids) > maxStrangers {
		more, ids = fmt.Sprintf("# … and %d more\n", len(ids)-maxStrangers), ids[:maxStrangers]
	}
	list := &yaml.Node{Kind: yaml.SequenceNode}
	for _, id := range ids {
		cluster, place := mapping{}, mapping{}
		name := freeName(id, taken)
		taken = append(taken, name)
		cluster.add("name", scalar(name))
		place.add("project", scalar(id.Project))
		place.add("location", scalar(id.Location))
		place.add("cluster", scalar(id.Cluster))
		cluster.add("gke", place.node()).Style = yaml.FlowStyle
		list.Content = append(list.Content, cluster.node())
	}
	var text bytes.Buffer
	encoder := yaml.NewEncoder(&text)
	encoder.SetIndent(2)
	if err := encoder.Encode(list); err != nil {
		return "" // of strings
	}
	return text.String() + more
}

// freeName is GKE's name, with location and project where others have it too.
func freeName(id gke.ID, taken []string) string {
	name := kubeconfig.Label(id.Cluster)
	for _, more := range []string{id.Location, id.Project} {
		if slices.Contains(taken, name) {
			name = kubeconfig.Label(name + "-" + more)
		}
	}
	return name
}

// indented sets each line of a text two in.
func indented(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString("  " + line)
	}
	return b.String()
}

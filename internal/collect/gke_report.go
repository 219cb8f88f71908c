package collect

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/kubectl-mesh/kubectl-mesh/internal/facts"
	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/yamlnode"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/gke"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// noteChanges records each field that changes.
func (i *importer) noteChanges(name string, sound []facts.Fact, changed []string) {
	change := Change{Cluster: name, File: i.Workspace.Path(layout.Facts(name)), Fields: []FieldChange{}}
	for _, fact := range sound {
		if slices.Contains(changed, fact.Field) {
			change.Fields = append(change.Fields, FieldChange{Field: fact.Field,
				Was: shownFact(fact.Field, i.recorded(name, fact.Field)), Is: shownFact(fact.Field, fact.Values)})
		}
	}
	i.changes = append(i.changes, change)
}

// shownFact formats a value on one line; certificates are too long.
func shownFact(field string, values []string) string {
	if field == "api.certificateAuthorityData" && len(values) > 0 {
		return fmt.Sprintf("(%d bytes)", len(values[0]))
	}
	return terminal.OneLine(strings.Join(values, ", "))
}

// infoManaged warns of a managed control plane that mesh.yaml declares as an in-cluster one: it would get gateways and
// Helm values that it does not use.
func (i *importer) infoManaged(one Matched) {
	plane, managed := one.Dump.ControlPlane, one.Target.Istio.Managed
	if plane == nil || managed != nil && *managed {
		return
	}
	file := i.Workspace.Name
	i.Log.Warn("in "+file+", set istio: {distribution: csm, managed: true}; kubectl mesh explain spec.discovery",
		"%s: Google manages the control plane (%s), but %s does not set istio.managed", one.Target.Name,
		terminal.OneLine(plane.Implementation), file)
}

// infoOverridden warns if mesh.yaml differs: it takes precedence, and may be out of date.
func (i *importer) infoOverridden(target *v1alpha1.Cluster, sound []facts.Fact) {
	said, known := i.entries[target.Name]
	if !known {
		return
	}
	for _, fact := range sound {
		own := yamlnode.ValuesAt(said, strings.Split(fact.Field, "."))
		if own != nil && fact.Values != nil && !slices.Equal(own, fact.Values) {
			i.Log.Warn("", "%s: %s sets %s: %s, but the gcloud output has %s; %s takes precedence", target.Name,
				i.Workspace.Name, fact.Field,
				shownFact(fact.Field, own), shownFact(fact.Field, fact.Values), i.Workspace.Name)
		}
	}
}

// entriesOf returns the clusters of mesh.yaml, by name.
func entriesOf(text []byte) map[string]*yaml.Node {
	var document yaml.Node
	if yaml.Unmarshal(text, &document) != nil || len(document.Content) == 0 {
		return nil
	}
	entries := map[string]*yaml.Node{}
	for _, cluster := range yamlnode.Value(yamlnode.Value(document.Content[0], "spec"), "clusters").Content {
		if name := yamlnode.ValuesAt(cluster, []string{"name"}); len(name) == 1 {
			entries[name[0]] = cluster
		}
	}
	return entries
}

// firstMesh returns a mesh.yaml with the clusters in a dump.
func firstMesh(ids []gke.ID) string {
	return "apiVersion: " + v1alpha1.APIVersion + "\nkind: " + v1alpha1.KindMesh + "\nmetadata:\n  name: shop\nspec:\n " +
		" clusters:\n" +
		Indented(Indented(clusterLines(ids, nil)))
}

// maxUnknown bounds how many clusters are printed.
const maxUnknown = 50

// clusterLines returns entries for spec.clusters, each with a free name.
func clusterLines(ids []gke.ID, taken []string) string {
	more := ""
	if len(ids) > maxUnknown {
		more, ids = fmt.Sprintf("# … and %d more\n", len(ids)-maxUnknown), ids[:maxUnknown]
	}
	list := &yaml.Node{Kind: yaml.SequenceNode}
	for _, id := range ids {
		cluster, place := yamlnode.Mapping{}, yamlnode.Mapping{}
		name := freeName(id, taken)
		taken = append(taken, name)
		cluster.Add("name", yamlnode.Scalar(name))
		place.Add("project", yamlnode.Scalar(id.Project))
		place.Add("location", yamlnode.Scalar(id.Location))
		place.Add("cluster", yamlnode.Scalar(id.Cluster))
		cluster.Add("gke", place.Node()).Style = yaml.FlowStyle
		list.Content = append(list.Content, cluster.Node())
	}
	var text bytes.Buffer
	encoder := yaml.NewEncoder(&text)
	encoder.SetIndent(2)
	if err := encoder.Encode(list); err != nil {
		return "" // of strings
	}
	return text.String() + more
}

// freeName is GKE's name, with location and project if others have the same.
func freeName(id gke.ID, taken []string) string {
	name := kubeconfig.Label(id.Cluster)
	for _, more := range []string{id.Location, id.Project} {
		if slices.Contains(taken, name) {
			name = kubeconfig.Label(name + "-" + more)
		}
	}
	return name
}

// Indented indents each line of a text by two spaces.
func Indented(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString("  " + line)
	}
	return b.String()
}

package initial

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/internal/yamlnode"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/leaks"
)

// extend appends clusters to the list in a mesh file, and keeps every other line. It reports contexts that the mesh
// already has.
func extend(name string, text []byte, contexts []kubeconfig.Context, log hint.Log) (Mesh, error) {
	list, err := clusterList(name, text)
	if err != nil {
		return Mesh{}, err
	}
	var added []*yaml.Node
	names := stringsOf(list, "name")
	for _, context := range contexts {
		if i := slices.Index(stringsOf(list, "context"), context.Name); i >= 0 {
			log.Warn("", "context %q is already in %s: cluster %s", context.Name, name, names[i])
			continue
		}
		if i := indexOf(list, context); i >= 0 && context.Selector != "" {
			log.Warn("", "context %q has the API server of cluster %s in %s; its login plugin may select another cluster",
				context.Name, names[i], name)
		} else if i >= 0 {
			return Mesh{}, verdict.Inputf("set context: "+context.Name+" in cluster "+names[i]+", or omit the context",
				"context %q points at the same API server as cluster %s in %s", context.Name, names[i], name)
		}
		context.ClusterName = unused(context.ClusterName, names)
		names = append(names, context.ClusterName)
		added = append(added, clusterNode(context))
	}
	if len(added) == 0 {
		return Mesh{Text: text, Clusters: len(list.Content), Unchanged: true}, nil
	}
	extended, err := insert(text, list, added)
	if err != nil {
		return Mesh{}, err
	}
	if err := keeps(name, list, extended, len(added)); err != nil {
		return Mesh{}, err
	}
	return Mesh{
		Text:     extended,
		Clusters: len(list.Content) + len(added),
	}, leaks.Refuse(leaks.New().Scan(layout.MeshFile, extended))
}

// warnKept reports the requested settings of a new mesh that an existing one keeps as they are.
func (in Input) warnKept(name string, text []byte, log hint.Log) {
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil || len(document.Content) != 1 {
		return // extend reports it
	}
	value := func(path ...string) string {
		return strings.Join(yamlnode.ValuesAt(document.Content[0], path), "")
	}
	if in.Name != "" && value("metadata", "name") != in.Name {
		log.Warn("edit metadata.name", "%s already has a name: --name does not change it", name)
	}
	if in.AllowNonExpiring && value("spec", "reader", "allowNonExpiring") != "true" {
		log.Warn("set spec.reader.allowNonExpiring: true", "%s already exists: --allow-non-expiring does not change it", name)
	}
}

// clusterList returns the node of spec.clusters, in which each cluster must start on its own line.
func clusterList(name string, text []byte) (*yaml.Node, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err == nil && len(document.Content) == 1 {
		if spec := yamlnode.Value(document.Content[0], "spec"); spec != nil {
			list := yamlnode.Value(spec, "clusters")
			if list != nil && list.Kind == yaml.SequenceNode && list.Style&yaml.FlowStyle == 0 && len(list.Content) > 0 {
				return list, nil
			}
		}
	}
	return nil, verdict.Inputf("add the cluster by hand, or write another file: --filename FILE",
		"add clusters to %s: it has no spec.clusters with an entry on each line", name)
}

// stringsOf returns the values of a key, one per cluster.
func stringsOf(list *yaml.Node, key string) []string {
	values := make([]string, len(list.Content))
	for i, cluster := range list.Content {
		if value := yamlnode.Value(cluster, key); value != nil {
			values[i] = value.Value
		}
	}
	return values
}

// indexOf returns the index of a context's cluster, if the mesh specifies where its API server is.
func indexOf(list *yaml.Node, context kubeconfig.Context) int {
	for i, cluster := range list.Content {
		api := yamlnode.Value(cluster, "api")
		if api == nil || yamlnode.Value(api, "server") == nil {
			continue
		}
		text := func(key string) string {
			if value := yamlnode.Value(api, key); value != nil {
				return value.Value
			}
			return ""
		}
		data, err := base64.StdEncoding.DecodeString(text("certificateAuthorityData"))
		if err != nil || len(data) == 0 {
			data = context.CertificateAuthorityData // a path, or none: nothing to compare
		}
		there := identityOf(kubeconfig.Context{
			Server:                   text("server"),
			TLSServerName:            text("tlsServerName"),
			ProxyURL:                 text("proxyURL"),
			Selector:                 context.Selector,
			CertificateAuthorityData: data,
		})
		if there == identityOf(context) {
			return i
		}
	}
	return -1
}

// unused returns the name, with a number if another cluster uses it.
func unused(name string, taken []string) string {
	numbered := name
	for n := 2; slices.Contains(taken, numbered); n++ {
		numbered = kubeconfig.Label(name + "-" + strconv.Itoa(n))
	}
	return numbered
}

// insert adds entries after the last line of a list, with the indentation of its dashes.
func insert(text []byte, list *yaml.Node, entries []*yaml.Node) ([]byte, error) {
	var encoded bytes.Buffer
	encoder := yaml.NewEncoder(&encoded)
	encoder.SetIndent(2)
	if err := encoder.Encode(&yaml.Node{Kind: yaml.SequenceNode, Content: entries}); err != nil {
		return nil, fmt.Errorf("encode clusters: %w", err)
	}
	indent := strings.Repeat(" ", list.Column-1)
	lines := slices.Collect(strings.Lines(string(text)))
	end := lastLine(lines, list)
	if end > 0 && !strings.HasSuffix(lines[end-1], "\n") {
		lines[end-1] += "\n"
	}
	var result strings.Builder
	for _, line := range lines[:end] {
		result.WriteString(line)
	}
	for line := range strings.Lines(encoded.String()) {
		result.WriteString(indent + line)
	}
	for _, line := range lines[end:] {
		result.WriteString(line)
	}
	return []byte(result.String()), nil
}

// lastLine returns the end of a list: the following lines that are indented further than its first one, or start with
// its dash. Trailing comments and empty lines belong to what follows.
func lastLine(lines []string, list *yaml.Node) int {
	end := list.Line
	for i := list.Line; i < len(lines); i++ {
		line := strings.TrimRight(lines[i], " \r\n")
		rest := strings.TrimLeft(line, " ")
		if rest == "" || strings.HasPrefix(rest, "#") {
			continue
		}
		column := len(line) - len(rest) + 1
		if column < list.Column || column == list.Column && !strings.HasPrefix(rest, "-") {
			break
		}
		end = i + 1
	}
	return end
}

// keeps verifies that a text contains the previous and the new clusters, and loads.
func keeps(name string, before *yaml.Node, text []byte, added int) error {
	after, err := clusterList(name, text)
	if err != nil {
		return err
	}
	var was, is []any
	if err := before.Decode(&was); err != nil {
		return fmt.Errorf("decode clusters: %w", err)
	}
	if err := after.Decode(&is); err != nil {
		return fmt.Errorf("decode clusters: %w", err)
	}
	if len(is) != len(was)+added || !reflect.DeepEqual(was, is[:len(was)]) {
		return hint.Errorf("add the cluster by hand", "add clusters to %s: its list of clusters cannot be extended", name)
	}
	if _, problems := mesh.Load(mesh.Source{Name: name, Text: text}); stops(problems) {
		return &workspace.Problems{Name: "the resulting mesh", List: problems}
	}
	return nil
}

// stops ignores files next to the mesh, which were not read.
func stops(problems []mesh.Problem) bool {
	ofFile := func(p mesh.Problem) bool { return strings.Contains(p.Field, "certificateAuthority") }
	return mesh.Stop(slices.DeleteFunc(problems, ofFile))
}

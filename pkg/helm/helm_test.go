package helm_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/helm"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

// charts returns the charts of a cluster of a mesh whose spec is given as YAML in one line.
func charts(t *testing.T, spec, cluster string) []helm.Chart {
	t.Helper()
	text := "apiVersion: kubectl-mesh.dev/v1alpha1\nkind: Mesh\nmetadata: {name: shop}\nspec: " + spec + "\n"
	doc, problems := mesh.Load(mesh.Source{Name: "mesh.yaml", Text: []byte(text)})
	if len(problems) > 0 {
		t.Fatalf("%s is not valid: %v", spec, problems)
	}
	graph := topology.New(doc.Mesh)
	member, ok := graph.Cluster(cluster)
	if !ok {
		t.Fatalf("no cluster %s", cluster)
	}
	return helm.Charts(helm.Mesh{Spec: doc.Mesh, Graph: graph}, member)
}

// lines are the scalars of the values as path=value, sorted.
func lines(t *testing.T, values any) []string {
	t.Helper()
	text, err := yaml.Marshal(values)
	if err != nil {
		t.Fatal(err)
	}
	var tree any
	if err := yaml.Unmarshal(text, &tree); err != nil {
		t.Fatal(err)
	}
	all := flatten("", tree)
	slices.Sort(all)
	return all
}

func flatten(at string, node any) []string {
	var all []string
	switch node := node.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(node)) {
			all = append(all, flatten(at+"."+key, node[key])...)
		}
	case []any:
		for _, element := range node {
			all = append(all, flatten(at+"[]", element)...)
		}
	default:
		text, _ := yaml.Marshal(node)
		return []string{strings.TrimPrefix(at, ".") + "=" + strings.TrimSpace(string(text))}
	}
	return all
}

// find returns the chart of that name.
func find(t *testing.T, all []helm.Chart, name string) helm.Chart {
	t.Helper()
	i := slices.IndexFunc(all, func(c helm.Chart) bool { return c.Name == name })
	if i < 0 {
		t.Fatalf("no chart %s", name)
	}
	return all[i]
}

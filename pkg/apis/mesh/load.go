package mesh

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// Source is where a mesh comes from.
type Source struct {
	// Name of the mesh file, for messages: mesh.yaml, or <stdin>.
	Name string
	// Text of the mesh file.
	Text []byte
	// Files is the folder of the mesh file: facts and certificate authorities are read from
	// it; nil where there is none. The caller sees to it that no path leads out of the folder
	// (os.Root).
	Files fs.FS
}

// Document is a mesh that has been read.
type Document struct {
	// Mesh with facts merged in and every default filled in. Certificate authorities are
	// PEM data, however they were given.
	Mesh *v1alpha1.Mesh

	// Strays are the facts files that belong to no cluster of the mesh, sorted.
	Strays []string
	// Overruled are the facts that mesh.yaml contradicts for all clusters.
	Overruled []Overruled
	// Contradicted are the facts that mesh.yaml contradicts for their cluster, where both must agree.
	Contradicted []Overruled
	// Rerouted are the addresses of gateways that were found, where mesh.yaml declares others.
	Rerouted []Overruled

	source Source
	facts  map[string][]byte // text of clusters/<name>.yaml, by name of the cluster
	trees  *trees            // of these texts

	state     State
	stateText []byte
}

// Load reads a mesh and what belongs to it. It returns the document also when there are
// problems, so that they can be placed; its Mesh is nil when the structure is wrong.
func Load(source Source) (*Document, []Problem) {
	doc := &Document{source: source, facts: map[string][]byte{}, trees: newTrees()}
	var mesh v1alpha1.Mesh
	read, problems := decode(source.Text, v1alpha1.KindMesh, &mesh)
	if read.tree != nil {
		doc.trees.known[source.Name] = read.tree
	}
	if read.json == nil {
		return doc, doc.Place(bounded(problems))
	}
	problems = append(problems, doc.mergeFacts(read.json, &mesh, len(problems) == 0)...)
	problems = append(problems, doc.readState(&mesh)...)
	problems = append(problems, without(problems, readAuthorities(&mesh, source.Files))...)
	problems = append(problems, without(problems, readControllers(&mesh, source.Files))...)
	problems = append(problems, without(problems, structural(v1alpha1.Validate(&mesh)...))...)
	problems = append(problems, without(problems, structural(access.Validate(&mesh)...))...)
	problems = append(problems, without(problems, structural(validateSealingKeys(&mesh)...))...)
	if len(problems) > 0 {
		return doc, doc.Place(bounded(problems))
	}
	v1alpha1.SetDefaults(&mesh)
	doc.Mesh = &mesh
	doc.Strays = strays(source.Files, &mesh)
	return doc, nil
}

// bounded keeps a report of a file that is wrong all over to a size that can be read.
func bounded(problems []Problem) []Problem {
	if len(problems) <= maxProblems {
		return problems
	}
	return append(problems[:maxProblems:maxProblems], *problem(0,
		"there are more problems than listed", "fix these first"))
}

// without leaves out those problems whose field, or one around it, has one already: a value
// of a wrong type has not been decoded, and what belongs into it is not also missing.
func without(known, problems []Problem) []Problem {
	has, lists := map[string]bool{}, map[string]bool{}
	for _, p := range known {
		if p.File == "" {
			has[p.Field] = true
			lists[strings.TrimRight(strings.TrimRight(p.Field, "]0123456789"), "[")] = true // of a wrong entry
		}
	}
	return slices.DeleteFunc(problems, func(p Problem) bool {
		for path := p.Field; path != ""; path = path[:max(0, strings.LastIndexAny(path, ".["))] {
			if has[path] {
				return true
			}
		}
		return lists[p.Field]
	})
}

// mergeFacts fills each cluster with its facts file. Merging happens on the JSON trees,
// where "not said" and "said to be false" differ. They can fail to merge only where mesh.yaml
// itself is not sound, which has been reported then.
func (d *Document) mergeFacts(tree []byte, mesh *v1alpha1.Mesh, sound bool) []Problem {
	if d.source.Files == nil || !holdsAny(d.source.Files, layout.Clusters) {
		return nil
	}
	var said struct {
		Spec struct {
			Clusters []json.RawMessage `json:"clusters"`
			Istio    any               `json:"istio"`
			Trust    any               `json:"trust"`
		} `json:"spec"`
	}
	if json.Unmarshal(tree, &said) != nil || len(said.Spec.Clusters) != len(mesh.Spec.Clusters) {
		return nil
	}
	trust, _ := said.Spec.Trust.(map[string]any)
	wide := map[string]any{"istio": said.Spec.Istio, "trustDomain": trust["domain"]}
	var problems []Problem
	for i := range mesh.Spec.Clusters {
		cluster := &mesh.Spec.Clusters[i]
		if len(validation.IsDNS1123Label(cluster.Name)) > 0 {
			continue // Validate says so; such a name is no path
		}
		facts, found := d.readFacts(cluster)
		problems = append(problems, found...)
		if facts == nil || len(found) > 0 {
			continue
		}
		d.Contradicted = append(d.Contradicted, contradicted(cluster.Name, facts, said.Spec.Clusters[i])...)
		d.Rerouted = append(d.Rerouted, rerouted(cluster.Name, facts, said.Spec.Clusters[i])...)
		overruled, err := overlay(cluster, facts, said.Spec.Clusters[i], wide)
		d.Overruled = append(d.Overruled, overruled...)
		if err != nil && sound {
			problems = append(problems, Problem{Severity: SeverityError, File: layout.Facts(cluster.Name),
				Message: "merge facts: " + err.Error(), Hint: "correct or remove the file"})
		}
	}
	return problems
}

// holdsAny tells whether a directory has, or may have, any file: a mesh without facts asks no further.
func holdsAny(files fs.FS, dir string) bool {
	_, err := fs.Stat(files, dir)
	return !errors.Is(err, fs.ErrNotExist)
}

// readFacts returns spec of clusters/<name>.yaml as JSON, nil when there is no such file.
func (d *Document) readFacts(cluster *v1alpha1.Cluster) (json.RawMessage, []Problem) {
	name := cluster.Name
	file := layout.Facts(name)
	place := func(problems ...Problem) []Problem {
		for i := range problems {
			problems[i].File = file
		}
		return problems
	}
	text, err := readFile(d.source.Files, file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, place(*problem(0,
			"read facts: "+reason(err), "replace it with a readable file in the directory of mesh.yaml, or remove it"))
	}
	d.facts[name] = text
	var facts v1alpha1.ClusterFacts
	read, problems := decode(text, v1alpha1.KindClusterFacts, &facts)
	if read.json == nil || len(problems) > 0 {
		return nil, place(problems...)
	}
	if facts.Metadata.Name != name {
		return nil, place(Problem{Severity: SeverityError, Field: "metadata.name",
			Message: fmt.Sprintf("Invalid value: %q: must be the name of the file", echo(facts.Metadata.Name)),
			Hint:    "write name: " + name})
	}
	var raw struct {
		Spec json.RawMessage `json:"spec"`
	}
	if err := json.Unmarshal(read.json, &raw); err != nil {
		return nil, place(*problem(0, err.Error(), "correct the file"))
	}
	if wrong := validateFoundGKE(cluster, facts.Spec.GKE); len(wrong) > 0 {
		return nil, place(structural(wrong...)...)
	}
	return raw.Spec, nil
}

// readFile reads at most one byte more than MaxSize.
func readFile(files fs.FS, name string) ([]byte, error) {
	file, err := files.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return ReadLimited(file)
}

// reason is an error's text without the path, which the problem names already.
func reason(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}

// strays lists clusters/*.yaml that belong to no cluster.
func strays(files fs.FS, mesh *v1alpha1.Mesh) []string {
	if files == nil {
		return nil
	}
	owned := map[string]bool{}
	for _, cluster := range mesh.Spec.Clusters {
		owned[layout.Facts(cluster.Name)] = true
	}
	found, _ := fs.Glob(files, layout.Facts("*"))
	return slices.DeleteFunc(found, func(file string) bool { return owned[file] })
}

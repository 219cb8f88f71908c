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

// Source is the origin of a mesh.
type Source struct {
	// Name of the mesh file, for messages: mesh.yaml, or <stdin>.
	Name string
	// Text of the mesh file.
	Text []byte
	// Files is the directory of the mesh file, for facts and certificate authorities; nil if there is none. The
	// caller makes sure that no path leaves the directory (os.Root).
	Files fs.FS
}

// Document is a loaded mesh.
type Document struct {
	// Mesh with facts merged in and all defaults set. Certificate authorities are PEM data, in whichever form they
	// were set.
	Mesh *v1alpha1.Mesh

	// OrphanedFacts are the facts files that belong to no cluster of the mesh, sorted.
	OrphanedFacts []string
	// Overrides are the facts that mesh.yaml contradicts for all clusters.
	Overrides []Override
	// Contradictions are the facts that mesh.yaml contradicts for their cluster, in fields in which both must agree.
	Contradictions []Override
	// GatewayOverrides are the collected gateway addresses of clusters for which mesh.yaml declares others.
	GatewayOverrides []Override

	source Source
	facts  map[string][]byte // text of clusters/<name>.yaml, by name of the cluster
	trees  *trees            // of these texts

	state     State
	stateText []byte
}

// Load reads a mesh and its files. It returns the document even with problems, so that they can be located; its Mesh
// is nil if the structure is invalid.
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
	doc.OrphanedFacts = orphanedFacts(source.Files, &mesh)
	return doc, nil
}

// bounded limits the number of reported problems.
func bounded(problems []Problem) []Problem {
	if len(problems) <= maxProblems {
		return problems
	}
	return append(problems[:maxProblems:maxProblems], *problem(0,
		"there are more problems than listed", "fix these first"))
}

// without omits problems of fields inside an invalid field: a value of a wrong type was not decoded, so its content
// is not also missing.
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

// mergeFacts merges the facts file of each cluster. It merges JSON trees, in which an unset field differs from false.
// Merging can fail only if mesh.yaml itself is invalid, which is already reported.
func (d *Document) mergeFacts(tree []byte, mesh *v1alpha1.Mesh, sound bool) []Problem {
	if d.source.Files == nil || !holdsAny(d.source.Files, layout.Clusters) {
		return nil
	}
	var declared struct {
		Spec struct {
			Clusters []json.RawMessage `json:"clusters"`
			Istio    any               `json:"istio"`
			Trust    any               `json:"trust"`
		} `json:"spec"`
	}
	if json.Unmarshal(tree, &declared) != nil || len(declared.Spec.Clusters) != len(mesh.Spec.Clusters) {
		return nil
	}
	trust, _ := declared.Spec.Trust.(map[string]any)
	wide := map[string]any{"istio": declared.Spec.Istio, "trustDomain": trust["domain"]}
	var problems []Problem
	for i := range mesh.Spec.Clusters {
		cluster := &mesh.Spec.Clusters[i]
		if len(validation.IsDNS1123Label(cluster.Name)) > 0 {
			continue // Validate reports it; such a name is no path
		}
		facts, found := d.readFacts(cluster)
		problems = append(problems, found...)
		if facts == nil || len(found) > 0 {
			continue
		}
		d.Contradictions = append(d.Contradictions, contradicted(cluster.Name, facts, declared.Spec.Clusters[i])...)
		d.GatewayOverrides = append(d.GatewayOverrides, rerouted(cluster.Name, facts, declared.Spec.Clusters[i])...)
		overridden, err := overlay(cluster, facts, declared.Spec.Clusters[i], wide)
		d.Overrides = append(d.Overrides, overridden...)
		if err != nil && sound {
			problems = append(problems, Problem{Severity: SeverityError, File: layout.Facts(cluster.Name),
				Message: "merge facts: " + err.Error(), Hint: "correct or remove the file"})
		}
	}
	return problems
}

// holdsAny reports whether a directory can contain files: a mesh without facts needs no further lookups.
func holdsAny(files fs.FS, dir string) bool {
	_, err := fs.Stat(files, dir)
	return !errors.Is(err, fs.ErrNotExist)
}

// readFacts returns spec of clusters/<name>.yaml as JSON, or nil if there is no such file.
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

// reason is the text of an error without the path, which the problem already contains.
func reason(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}

// orphanedFacts lists the files clusters/*.yaml of unknown clusters.
func orphanedFacts(files fs.FS, mesh *v1alpha1.Mesh) []string {
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

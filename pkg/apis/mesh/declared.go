package mesh

import (
	"fmt"
	"io/fs"
	"path"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// Declared returns the mesh as declared in mesh.yaml alone, without facts and recorded state, with all defaults. It
// is nil if that is not a valid mesh, because facts can complete it.
func (d *Document) Declared() *v1alpha1.Mesh {
	source := d.source
	if source.Files != nil {
		source.Files = withoutFacts{files: source.Files}
	}
	doc, _ := Load(source)
	return doc.Mesh
}

// withoutFacts is a directory that hides facts files and recorded state.
type withoutFacts struct{ files fs.FS }

func (w withoutFacts) Open(name string) (fs.File, error) {
	if match, _ := path.Match(layout.Facts("*"), name); match || name == layout.State() {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return w.files.Open(name)
}

// Text returns the text of mesh.yaml.
func (d *Document) Text() []byte { return d.source.Text }

// Facts returns the text of a cluster's facts file, or nil if there is none.
func (d *Document) Facts(cluster string) []byte { return d.facts[cluster] }

// CheckFacts validates the text of a facts file on its own.
func CheckFacts(cluster string, text []byte) []Problem {
	var facts v1alpha1.ClusterFacts
	doc, problems := decode(text, v1alpha1.KindClusterFacts, &facts)
	if doc.json == nil || len(problems) > 0 {
		return problems
	}
	if facts.Metadata.Name != cluster {
		return []Problem{{
			Severity: SeverityError,
			Field:    "metadata.name",
			Message:  fmt.Sprintf("Invalid value: %q: must be the name of the file", echo(facts.Metadata.Name)),
			Hint:     "write name: " + cluster,
		}}
	}
	return structural(v1alpha1.ValidateFacts(&facts)...)
}

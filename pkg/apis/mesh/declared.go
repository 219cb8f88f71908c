package mesh

import (
	"fmt"
	"io/fs"
	"path"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// Declared returns the mesh as mesh.yaml alone says it, without the facts and what was recorded, every default filled
// in. It is nil where that is no valid mesh: the facts may complete it.
func (d *Document) Declared() *v1alpha1.Mesh {
	source := d.source
	if source.Files != nil {
		source.Files = withoutFacts{files: source.Files}
	}
	doc, _ := Load(source)
	return doc.Mesh
}

// withoutFacts is a directory whose facts files are not there, nor what was recorded.
type withoutFacts struct{ files fs.FS }

func (w withoutFacts) Open(name string) (fs.File, error) {
	if match, _ := path.Match(layout.Facts("*"), name); match || name == layout.State() {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return w.files.Open(name)
}

// Text returns the text of mesh.yaml.
func (d *Document) Text() []byte { return d.source.Text }

// Facts returns the text of the facts file of a cluster, nil when there is none.
func (d *Document) Facts(cluster string) []byte { return d.facts[cluster] }

// CheckFacts checks the text of a facts file by itself.
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

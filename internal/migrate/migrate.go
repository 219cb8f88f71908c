// Package migrate moves fields that are not facts from facts files to mesh.yaml or to the recorded state. Earlier
// versions read both from facts files, which can come from another site.
package migrate

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/internal/yamlnode"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// Move is a field to move from a facts file.
type Move struct {
	Cluster, Field string
	// Value on one line, as YAML.
	Value string
	To    mesh.Belongs
	// Dropped is set if mesh.yaml sets the field itself and takes precedence.
	Dropped bool
}

// Plan is what to move, and the resulting files.
type Plan struct {
	Moves []Move

	ws    *workspace.Workspace
	files map[string][]byte // new texts, by path in the workspace; "" is the mesh
	// before are the old texts.
	before map[string][]byte
	state  mesh.State
}

// Make determines what to move. It writes nothing.
func Make(ws *workspace.Workspace) (Plan, error) {
	if ws.Name == workspace.Stdin {
		return Plan{}, verdict.Inputf("specify the file: -f mesh.yaml", "a mesh on stdin cannot be changed")
	}
	plan := Plan{ws: ws, files: map[string][]byte{}, before: map[string][]byte{"": ws.Doc.Text()}}
	plan.state, _ = ws.Doc.State()
	document, err := parse(ws.Name, ws.Doc.Text())
	if err != nil {
		return Plan{}, err
	}
	entries := yamlnode.Value(yamlnode.Value(document.Content[0], "spec"), "clusters")
	for _, entry := range entries.Content {
		name := yamlnode.ValuesAt(entry, []string{"name"})
		if len(name) != 1 {
			continue
		}
		if err := plan.cluster(name[0], entry); err != nil {
			return Plan{}, err
		}
	}
	for _, move := range plan.Moves {
		if move.To == mesh.InMesh && !move.Dropped {
			plan.files[""], err = encode(ws.Name, document)
			break
		}
	}
	return plan, err
}

// cluster reads the facts file of one cluster.
func (p *Plan) cluster(name string, entry *yaml.Node) error {
	file := layout.Facts(name)
	text, err := p.ws.ReadOptional(file)
	if err != nil || text == nil {
		return err
	}
	document, err := parse(p.ws.Path(file), text)
	if err != nil {
		return err
	}
	spec := yamlnode.Value(document.Content[0], "spec")
	before := len(p.Moves)
	if err := p.fields(name, spec, entry, nil); err != nil {
		return err
	}
	if len(p.Moves) == before {
		return nil
	}
	p.before[file] = text
	p.files[file], err = encode(p.ws.Path(file), document)
	return err
}

// fields removes fields that are not facts, at any depth.
func (p *Plan) fields(cluster string, facts, entry *yaml.Node, path []string) error {
	if facts.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(facts.Content); {
		key, value := facts.Content[i].Value, facts.Content[i+1]
		at := append(path[:len(path):len(path)], key)
		_, err := v1alpha1.Explain(v1alpha1.KindClusterFacts, append([]string{"spec"}, at...))
		isFact := err == nil && strings.Join(at, ".") != "gke.endpoint"
		if isFact {
			if err := p.fields(cluster, value, entry, at); err != nil {
				return err
			}
			i += 2
			continue
		}
		if err := p.move(cluster, at, value, entry); err != nil {
			return err
		}
		facts.Content = append(facts.Content[:i:i], facts.Content[i+2:]...)
	}
	return nil
}

// move adds a field where it belongs.
func (p *Plan) move(cluster string, at []string, value, entry *yaml.Node) error {
	move := Move{Cluster: cluster, Field: strings.Join(at, "."), Value: oneLine(value), To: mesh.BelongsTo(at)}
	switch move.To {
	case mesh.BelongsNowhere:
		return verdict.Inputf("remove it, or correct its name",
			"%s: spec.%s is not a field of a cluster", p.ws.Path(layout.Facts(cluster)), move.Field)
	case mesh.InState:
		recorded := p.state.Cluster(cluster)
		if err := value.Decode(map[string]any{"uid": &recorded.UID, "readerGenerations": &recorded.ReaderGenerations,
			"revokedReaders": &recorded.RevokedReaders}[at[0]]); err != nil {
			return verdict.Input(fmt.Errorf("%s: spec.%s: %w", p.ws.Path(layout.Facts(cluster)), move.Field, err))
		}
		p.state = p.state.With(cluster, recorded)
	case mesh.InMesh:
		if move.Dropped = yamlnode.ValuesAt(entry, at) != nil || yamlnode.Has(entry, at); !move.Dropped {
			for ; len(at) > 1; at = at[1:] {
				entry = yamlnode.Member(entry, at[0])
			}
			entry.Content = append(entry.Content, yamlnode.Scalar(at[0]), value)
		}
	}
	p.Moves = append(p.Moves, move)
	return nil
}

// Apply writes all files atomically.
func (p Plan) Apply(ctx context.Context) error {
	text, err := p.state.Encode()
	if err != nil {
		return err
	}
	return p.ws.Change(ctx, func(c *workspace.Change) error {
		if _, before := p.ws.Doc.State(); p.moves(mesh.InState) && !bytes.Equal(before, text) {
			c.Expect(layout.State(), before)
			c.Public(layout.State(), text)
		}
		for file, text := range p.files {
			name, before := file, p.before[file]
			if file == "" {
				name = filepath.Base(p.ws.Name)
			}
			c.Expect(name, before)
			c.Public(name, text)
		}
		c.Verify(p.verify)
		return nil
	})
}

// verify reads the mesh back: nothing is left to move, and it loads as before.
func (p Plan) verify(files fs.FS) error {
	text, err := fs.ReadFile(files, filepath.Base(p.ws.Name))
	if err != nil {
		return err
	}
	if doc, problems := mesh.Load(mesh.Source{
		Name:  p.ws.Name,
		Text:  text,
		Files: files,
	}); doc.Mesh == nil && p.ws.Doc.Mesh != nil {
		return fmt.Errorf("%s would no longer load: %s", p.ws.Name, problems[0].Message)
	}
	return nil
}

func (p Plan) moves(to mesh.Belongs) bool {
	for _, move := range p.Moves {
		if move.To == to {
			return true
		}
	}
	return false
}

func parse(name string, text []byte) (*yaml.Node, error) {
	var document yaml.Node
	err := yaml.Unmarshal(text, &document)
	if err != nil || len(document.Content) == 0 || document.Content[0].Kind != yaml.MappingNode {
		return nil, verdict.Inputf("correct it: kubectl mesh validate", "parse %s: not a YAML document", name)
	}
	return &document, nil
}

func encode(name string, document *yaml.Node) ([]byte, error) {
	var text bytes.Buffer
	encoder := yaml.NewEncoder(&text)
	encoder.SetIndent(2)
	if err := encoder.Encode(document); err != nil {
		return nil, fmt.Errorf("encode %s: %w", name, err)
	}
	return text.Bytes(), encoder.Close()
}

// oneLine formats a value for people.
func oneLine(value *yaml.Node) string {
	clone := *value
	clone.Style, clone.HeadComment, clone.LineComment, clone.FootComment = yaml.FlowStyle, "", "", ""
	text, err := yaml.Marshal(&clone)
	if err != nil {
		return "?"
	}
	return strings.TrimSpace(string(text))
}

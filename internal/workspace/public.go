package workspace

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/input"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/rules"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// Public is a workspace without its credentials: what is committed. It is read from any file system, such as the
// directory or a revision of it.
type Public struct {
	// Name of the mesh file, for messages; Dir is its directory.
	Name string
	Dir  string
	Doc  *mesh.Document
	// Graph is nil if mesh.yaml has structural problems.
	Graph *topology.Graph
	// Bundles are the certificates of the clusters, without keys; none if there are none.
	Bundles      map[string]trust.Bundle
	Certificates []rules.Certificate
	// Roots in trust/root-cert.pem, and RootText the file; nil if it does not exist.
	Roots    []rules.Root
	RootText []byte
	// Sealed is what ReadSealed found.
	Sealed []rules.Sealed
	// Now is for commands that depend on the clock; rendering does not.
	Now time.Time
	// evaluation holds the findings in the mesh alone.
	evaluation rules.Evaluation
	// unreadable are problems of files that the rules check.
	unreadable []mesh.Problem

	files fs.FS
	// ctx ends with the command that opened the workspace: each read of a credential can start git.
	ctx context.Context
}

// Files are the source of a workspace's public part.
type Files struct {
	// Name of the mesh file and its directory, for messages.
	Name, Dir string
	// Text of the mesh file.
	Text []byte
	// Files below the directory of the mesh file. No path may leave it.
	Files fs.FS
}

// ReadPublic returns all problems as data; with structural problems there is no graph.
func ReadPublic(ctx context.Context, from Files) (Public, []mesh.Problem) {
	ws := Public{Name: from.Name, Dir: from.Dir, files: from.Files, ctx: ctx}
	var problems []mesh.Problem
	ws.Doc, problems = mesh.Load(mesh.Source{Name: ws.Name, Text: from.Text, Files: from.Files})
	if ws.Doc.Mesh != nil {
		ws.Graph = topology.New(ws.Doc.Mesh)
		ws.Bundles, ws.Certificates = ws.readBundles()
		ws.Roots, ws.unreadable = ws.readRoots()
		ws.evaluation = ws.evaluate()
		problems = ws.problemsOf(ws.evaluation)
	}
	return ws, problems
}

// Check runs the rules over what was read. Those that check only the mesh ran when it was read.
func (ws *Public) Check(credentials []rules.Credential) []mesh.Problem {
	return ws.problemsOf(ws.evaluation.With(rules.Read{Credentials: credentials, Sealed: ws.Sealed, Now: ws.Now}))
}

// evaluate runs the rules on the mesh alone.
func (ws *Public) evaluate() rules.Evaluation {
	below := ""
	if len(ws.Roots) > 0 { // mesh.yaml is parsed for it
		below = ws.Doc.Pins().Below
	}
	return rules.Evaluate(rules.Input{
		Mesh:             ws.Doc.Mesh,
		Graph:            ws.Graph,
		OrphanedFacts:    ws.Doc.OrphanedFacts,
		Overrides:        ws.Doc.Overrides,
		Contradictions:   ws.Doc.Contradictions,
		GatewayOverrides: ws.Doc.GatewayOverrides,
		Certificates:     ws.Certificates,
		Roots:            ws.Roots,
		PinsBelow:        below,
	})
}

// problemsOf locates the findings of an evaluation, and the problems of unreadable files.
func (ws *Public) problemsOf(evaluation rules.Evaluation) []mesh.Problem {
	return ws.Doc.Place(append(evaluation.Problems(), ws.unreadable...))
}

// Stdin is the name of the mesh file that is read from stdin.
const Stdin = "<stdin>"

// FilenameFlag is the flag that commands need to find the same mesh.
func (ws *Public) FilenameFlag() string {
	if ws.Name == Stdin {
		return " -f -"
	}
	return FilenameFlag(ws.Name)
}

// Path formats the path of a workspace file as the user would write it.
func (ws *Public) Path(name string) string {
	return filepath.Join(ws.Dir, filepath.FromSlash(name))
}

// Declared returns what mesh.yaml alone declares for each cluster, by name; nil if it is not a valid mesh by itself.
func (ws *Public) Declared() map[string]*v1alpha1.Cluster {
	declared := map[string]*v1alpha1.Cluster{}
	if mesh := ws.Doc.Declared(); mesh != nil {
		for i := range mesh.Spec.Clusters {
			declared[mesh.Spec.Clusters[i].Name] = &mesh.Spec.Clusters[i]
		}
	}
	return declared
}

// AllowedSigners returns the text of trust/allowed_signers; nil if there is none.
func (ws *Public) AllowedSigners() ([]byte, error) { return ws.readOptional(layout.AllowedSigners()) }

// readOptional returns nil for a file that does not exist.
func (ws *Public) readOptional(name string) ([]byte, error) {
	text, err := ws.read(name, MaxFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return text, err
}

func (ws *Public) read(name string, limit int64) ([]byte, error) {
	file, err := ws.files.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close() // opened for reading
	return input.All(file, name, limit)
}

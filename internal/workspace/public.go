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

// Public is a workspace without its credentials: what is committed. It is read from any file system, which may be
// the directory or a revision of it.
type Public struct {
	// Name is that of the mesh file, for messages; Dir is its directory.
	Name string
	Dir  string
	Doc  *mesh.Document
	// Graph is nil if mesh.yaml has problems of structure.
	Graph *topology.Graph
	// Bundles are the certificates of the clusters, without keys; none if there are none.
	Bundles      map[string]trust.Bundle
	Certificates []rules.Certificate
	// Roots are those of trust/root-cert.pem, and RootText is the file; nil if there is none.
	Roots    []rules.Root
	RootText []byte
	// Sealed is what ReadSealed has found.
	Sealed []rules.Sealed
	// Now is for commands that look at the clock; a rendering does not.
	Now time.Time
	// unreadable is what is wrong with files that the rules look at.
	unreadable []mesh.Problem

	files fs.FS
	// ctx ends with the command that has opened the workspace: every read of a credential may start git.
	ctx context.Context
}

// Files are where the public part of a workspace is read from.
type Files struct {
	// Name of the mesh file and its directory, for messages.
	Name, Dir string
	// Text of the mesh file.
	Text []byte
	// Files below the directory of the mesh file. No path leads out of it.
	Files fs.FS
}

// ReadPublic returns all problems as data; with problems of structure there is no graph.
func ReadPublic(ctx context.Context, from Files) (Public, []mesh.Problem) {
	ws := Public{Name: from.Name, Dir: from.Dir, files: from.Files, ctx: ctx}
	var problems []mesh.Problem
	ws.Doc, problems = mesh.Load(mesh.Source{Name: ws.Name, Text: from.Text, Files: from.Files})
	if ws.Doc.Mesh != nil {
		ws.Graph = topology.New(ws.Doc.Mesh)
		ws.Bundles, ws.Certificates = ws.readBundles()
		ws.Roots, ws.unreadable = ws.readRoots()
		problems = ws.Check(nil)
	}
	return ws, problems
}

// Check runs the rules over what is known.
func (ws *Public) Check(credentials []rules.Credential) []mesh.Problem {
	below := ""
	if len(ws.Roots) > 0 { // mesh.yaml is parsed for it
		below = ws.Doc.Pins().Below
	}
	found := rules.Check(rules.Input{
		Mesh:             ws.Doc.Mesh,
		Graph:            ws.Graph,
		OrphanedFacts:    ws.Doc.OrphanedFacts,
		Overrides:        ws.Doc.Overrides,
		Contradictions:   ws.Doc.Contradictions,
		GatewayOverrides: ws.Doc.GatewayOverrides,
		Credentials:      credentials,
		Certificates:     ws.Certificates,
		Roots:            ws.Roots,
		PinsBelow:        below,
		Sealed:           ws.Sealed,
		Now:              ws.Now,
	})
	return ws.Doc.Place(append(found, ws.unreadable...))
}

// Stdin is the name of the mesh file that is read from stdin.
const Stdin = "<stdin>"

// FilenameFlag is what a command needs to find the same mesh.
func (ws *Public) FilenameFlag() string {
	if ws.Name == Stdin {
		return " -f -"
	}
	return FilenameFlag(ws.Name)
}

// Path of a file of the workspace as the user would write it.
func (ws *Public) Path(name string) string {
	return filepath.Join(ws.Dir, filepath.FromSlash(name))
}

// Declared is what mesh.yaml alone says of each cluster, by name. Where that is no valid mesh by itself,
// nothing is known.
func (ws *Public) Declared() map[string]*v1alpha1.Cluster {
	declared := map[string]*v1alpha1.Cluster{}
	if mesh := ws.Doc.Declared(); mesh != nil {
		for i := range mesh.Spec.Clusters {
			declared[mesh.Spec.Clusters[i].Name] = &mesh.Spec.Clusters[i]
		}
	}
	return declared
}

// AllowedSigners is the text of trust/allowed_signers; nil if there is none.
func (ws *Public) AllowedSigners() ([]byte, error) { return ws.readOptional(layout.AllowedSigners()) }

// readOptional is nothing for a file that is not there.
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

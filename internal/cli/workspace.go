package cli

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/rules"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// workspace is the folder of a mesh.yaml and what was read from it. It never reads outside of
// the folder: os.Root refuses paths and links that lead out.
type workspace struct {
	name   string // of the mesh file, for messages
	folder string
	root   *os.Root
	doc    *mesh.Document
	graph  *topology.Graph
	// bundles are the certificates of the clusters, without keys; none when nobody has made any.
	bundles      map[string]trust.Bundle
	certificates []rules.Certificate
	// sealed is what readSealed has found.
	sealed []rules.Sealed
	// wrote are the clusters whose facts this run has written.
	wrote map[string]bool
	// now is for commands that look at the clock; a rendering does not.
	now time.Time
}

// credentialsFolder is the only one with secrets.
const credentialsFolder = "credentials"

func addFilename(cmd *cobra.Command, filename *string) {
	cmd.Flags().StringVarP(filename, "filename", "f", "mesh.yaml", "the mesh file; - reads it from stdin, with the current folder as its folder")
	_ = cmd.MarkFlagFilename("filename", "yaml", "yml")
}

// openWorkspace reads and checks a mesh and what belongs to it. The problems that it returns
// do not stop a rendering; those that do are its error.
func openWorkspace(filename string, stdin io.Reader) (*workspace, []mesh.Problem, error) {
	ws, problems, err := readWorkspace(filename, stdin)
	if err != nil {
		return nil, nil, err
	}
	if mesh.Stop(problems) {
		ws.close()
		return nil, nil, &problemsError{ws.name, problems, listAll(filename)}
	}
	return ws, problems, nil
}

// listAll shows every problem of a mesh.
func listAll(filename string) string {
	return "all of them: kubectl mesh validate -o json" + filenameFlag(filename)
}

// readWorkspace returns all problems as data; with problems of structure there is no graph.
func readWorkspace(filename string, stdin io.Reader) (*workspace, []mesh.Problem, error) {
	text, err := readMesh(filename, stdin)
	if err != nil {
		return nil, nil, err
	}
	ws := &workspace{name: filename, folder: filepath.Dir(filename), wrote: map[string]bool{}}
	if filename == "-" {
		ws.name, ws.folder = stdinName, "."
	}
	if ws.root, err = os.OpenRoot(ws.folder); err != nil {
		return nil, nil, inputError{err}
	}
	var problems []mesh.Problem
	ws.doc, problems = mesh.Load(mesh.Source{Name: ws.name, Text: text, Files: ws.root.FS()})
	if ws.doc.Mesh != nil {
		ws.graph = topology.New(ws.doc.Mesh)
		ws.bundles, ws.certificates = ws.readBundles()
		problems = ws.check(nil)
	}
	return ws, problems, nil
}

// check runs the rules over what is known.
func (ws *workspace) check(credentials []rules.Credential) []mesh.Problem {
	return ws.doc.Place(rules.Check(rules.Input{
		Mesh: ws.doc.Mesh, Graph: ws.graph, Strays: ws.doc.Strays, Overruled: ws.doc.Overruled, Credentials: credentials,
		Certificates: ws.certificates, Sealed: ws.sealed, Now: ws.now,
	}))
}

// stdinName is the mesh file that is read from stdin.
const stdinName = "<stdin>"

// filenameFlag is what a command needs to find the same mesh.
func (ws *workspace) filenameFlag() string {
	if ws.name == stdinName {
		return " -f -"
	}
	return filenameFlag(ws.name)
}

func (ws *workspace) close() { _ = ws.root.Close() }

// path of a file of the workspace as the user would write it.
func (ws *workspace) path(name string) string {
	return filepath.Join(ws.folder, filepath.FromSlash(name))
}

func readMesh(filename string, stdin io.Reader) ([]byte, error) {
	if filename == "-" {
		text, err := mesh.ReadLimited(stdin)
		if err != nil {
			return nil, inputErrorf("give the mesh on stdin, or name a file with -f", "read stdin: %w", err)
		}
		return text, nil
	}
	file, err := os.Open(filename)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, inputErrorf("name the mesh file with -f, or write a first one: kubectl mesh init", "%s does not exist", filename)
	}
	if err != nil {
		return nil, inputError{err}
	}
	defer file.Close()
	if info, err := file.Stat(); err == nil && info.IsDir() {
		return nil, inputErrorf("name the file in it: -f "+shell.Quote(filepath.Join(filename, "mesh.yaml")), "%s is a folder", filename)
	}
	text, err := mesh.ReadLimited(file)
	if err != nil {
		return nil, inputError{err}
	}
	return text, nil
}

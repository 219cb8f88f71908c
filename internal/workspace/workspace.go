// Package workspace is the directory of a mesh.yaml: it opens it once, reads what belongs to the mesh, and
// writes what commands keep there.
package workspace

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/disk"
	"github.com/kubectl-mesh/kubectl-mesh/internal/input"
	"github.com/kubectl-mesh/kubectl-mesh/internal/live"
	"github.com/kubectl-mesh/kubectl-mesh/internal/transaction"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/rules"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// Workspace is the directory of a mesh.yaml and what was read from it. It never reads outside of
// the directory: os.Root refuses paths and links that lead out.
type Workspace struct {
	// Name is that of the mesh file, for messages; Dir is its directory.
	Name string
	Dir  string
	Root *os.Root
	Doc  *mesh.Document
	// Graph is nil where mesh.yaml has problems of structure.
	Graph *topology.Graph
	// Bundles are the certificates of the clusters, without keys; none when nobody has made any.
	Bundles      map[string]trust.Bundle
	Certificates []rules.Certificate
	// Roots are those of trust/root-cert.pem.
	Roots []rules.Root
	// Sealed is what ReadSealed has found.
	Sealed []rules.Sealed
	// Now is for commands that look at the clock; a rendering does not.
	Now time.Time
	// record is what was recorded of the clusters.
	record record
	guard  guard
	// unreadable is what is wrong with files that the rules look at.
	unreadable []mesh.Problem
	// environ is what git inherits, tell takes warnings.
	environ []string
	tell    hint.Tell
	// ctx ends with the command that has opened the workspace: every read of a credential may start git.
	ctx context.Context

	from Source
	// lock is held until the workspace is closed; nil: each change takes it for itself.
	lock     *transaction.Tx
	changing sync.Mutex
	// swept: this run has taken the lock before.
	swept    bool
	snapshot transaction.Snapshot
}

// Source says where a workspace is, and what it gets from the machine.
type Source struct {
	// Filename of the mesh file; - reads it from Stdin, with the current directory as its directory.
	Filename string
	Stdin    io.Reader
	// Environ is the environment as os.Environ returns it: git finds the user's configuration by it.
	Environ []string
	// Tell takes warnings; it may be nil.
	Tell hint.Tell
	// Hook is asked before each operation on a file; for tests.
	Hook disk.Hook

	command string
	writes  bool
}

// Open reads and checks a mesh and what belongs to it. The problems that it returns
// do not stop a rendering; those that do are its error.
func Open(ctx context.Context, from Source) (*Workspace, []mesh.Problem, error) {
	ws, problems, err := Read(ctx, from)
	if err != nil {
		return nil, nil, err
	}
	if mesh.Stop(problems) {
		ws.Close()
		return nil, nil, &Problems{Name: ws.Name, List: problems, Rest: ListAll(from.Filename)}
	}
	return ws, problems, nil
}

// ListAll is the command that shows every problem of a mesh.
func ListAll(filename string) string {
	return "all of them: kubectl mesh validate -o json" + FilenameFlag(filename)
}

// Read returns all problems as data; with problems of structure there is no graph.
func Read(ctx context.Context, from Source) (*Workspace, []mesh.Problem, error) {
	if !from.isThere() {
		_, err := from.text(ctx)
		return nil, nil, err
	}
	if from.writes {
		return readLocked(ctx, from)
	}
	return readSettled(ctx, from)
}

// readLocked has the lock until the workspace is closed.
func readLocked(ctx context.Context, from Source) (*Workspace, []mesh.Problem, error) {
	lock, err := from.Lock(ctx)
	if err != nil {
		return nil, nil, err
	}
	text, err := from.text(ctx)
	if err != nil {
		lock.Close()
		return nil, nil, err
	}
	ws, problems, err := read(ctx, from, text)
	if err != nil {
		lock.Close()
		return nil, nil, err
	}
	ws.lock = lock
	return ws, problems, nil
}

// readSettled reads once more when another run changed the workspace meanwhile.
func readSettled(ctx context.Context, from Source) (*Workspace, []mesh.Problem, error) {
	var stdin []byte
	for again := false; ; again = true {
		snapshot, err := from.settle(ctx)
		if err != nil {
			return nil, nil, err
		}
		text := stdin
		if text == nil {
			if text, err = from.text(ctx); err != nil {
				return nil, nil, err
			}
		}
		if from.Filename == "-" {
			stdin = text
		}
		ws, problems, err := read(ctx, from, text)
		if err != nil {
			return nil, nil, err
		}
		ws.snapshot = snapshot
		if err = ws.Unchanged(); err == nil {
			return ws, problems, nil
		}
		ws.Close()
		if again || !errors.Is(err, transaction.ErrChanged) {
			return nil, nil, err
		}
	}
}

func read(ctx context.Context, from Source, text []byte) (*Workspace, []mesh.Problem, error) {
	ws := &Workspace{Name: from.Filename, Dir: from.dir(), environ: from.Environ, tell: from.Tell, from: from, ctx: ctx}
	if from.Filename == "-" {
		ws.Name = Stdin
	}
	var err error
	if ws.Root, err = os.OpenRoot(ws.Dir); err != nil {
		return nil, nil, verdict.Input(err)
	}
	var problems []mesh.Problem
	ws.Doc, problems = mesh.Load(mesh.Source{Name: ws.Name, Text: text, Files: input.Files(ws.Root)})
	ws.record.state, ws.record.text = ws.Doc.State()
	if ws.Doc.Mesh != nil {
		ws.Graph = topology.New(ws.Doc.Mesh)
		ws.Bundles, ws.Certificates = ws.readBundles()
		ws.Roots, ws.unreadable = ws.readRoots()
		problems = ws.Check(nil)
	}
	return ws, problems, nil
}

// OpenUnchecked reads a mesh. Findings are no obstacle: a leak does not wait for them, and what is to
// be mended may be among them.
func OpenUnchecked(ctx context.Context, from Source) (*Workspace, error) {
	ws, problems, err := Read(ctx, from)
	if err != nil {
		return nil, err
	}
	if ws.Graph == nil {
		ws.Close()
		return nil, &Problems{Name: ws.Name, List: problems, Rest: ListAll(from.Filename)}
	}
	return ws, nil
}

// Check runs the rules over what is known.
func (ws *Workspace) Check(credentials []rules.Credential) []mesh.Problem {
	below := ""
	if len(ws.Roots) > 0 { // mesh.yaml is parsed for it
		below = ws.Doc.Pins().Below
	}
	found := rules.Check(rules.Input{
		Mesh: ws.Doc.Mesh, Graph: ws.Graph, Strays: ws.Doc.Strays, Overruled: ws.Doc.Overruled, Contradicted: ws.Doc.Contradicted, Credentials: credentials,
		Certificates: ws.Certificates, Roots: ws.Roots, PinsBelow: below, Sealed: ws.Sealed, Now: ws.Now,
	})
	return ws.Doc.Place(append(found, ws.unreadable...))
}

// Stdin is the name of the mesh file that is read from stdin.
const Stdin = "<stdin>"

// FilenameFlag is what a command needs to find the same mesh.
func (ws *Workspace) FilenameFlag() string {
	if ws.Name == Stdin {
		return " -f -"
	}
	return FilenameFlag(ws.Name)
}

// Close gives the directory back, and the lock.
func (ws *Workspace) Close() {
	_ = ws.Root.Close()
	if ws.lock != nil {
		ws.lock.Close()
	}
}

// Path of a file of the workspace as the user would write it.
func (ws *Workspace) Path(name string) string {
	return filepath.Join(ws.Dir, filepath.FromSlash(name))
}

// Declared is what mesh.yaml alone says of each cluster, by name. Where that is no valid mesh by itself,
// nothing is known.
func (ws *Workspace) Declared() map[string]*v1alpha1.Cluster {
	declared := map[string]*v1alpha1.Cluster{}
	if mesh := ws.Doc.Declared(); mesh != nil {
		for i := range mesh.Spec.Clusters {
			declared[mesh.Spec.Clusters[i].Name] = &mesh.Spec.Clusters[i]
		}
	}
	return declared
}

// Live is what has to be known of the clusters before one is asked.
func (ws *Workspace) Live() live.Mesh {
	mesh := live.Mesh{Clusters: slices.Collect(ws.Graph.Clusters()), Authorities: map[string][]byte{}, Pins: map[string]live.Pinned{},
		MeshFile: ws.Name, StateFile: ws.Path(layout.State()), FilenameFlag: ws.FilenameFlag()}
	state, _ := ws.Doc.State()
	for name, cluster := range ws.Declared() {
		mesh.Authorities[name] = cluster.API.CertificateAuthorityData
		mesh.Pins[name] = live.Pinned{Mesh: cluster.UID, State: state.Cluster(name).UID}
	}
	return mesh
}

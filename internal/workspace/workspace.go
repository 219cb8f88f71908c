// Package workspace is the directory of a mesh.yaml: it opens it once, reads what belongs to the mesh, and
// writes what commands keep there.
package workspace

import (
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"sync"

	"github.com/kubectl-mesh/kubectl-mesh/internal/disk"
	"github.com/kubectl-mesh/kubectl-mesh/internal/input"
	"github.com/kubectl-mesh/kubectl-mesh/internal/live"
	"github.com/kubectl-mesh/kubectl-mesh/internal/transaction"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// Workspace is the directory of a mesh.yaml and what was read from it. It never reads outside of
// the directory: os.Root refuses paths and links that lead out.
type Workspace struct {
	Public
	Root *os.Root
	// record is what was recorded of the clusters.
	record record
	guard  guard
	// environ is what git inherits, tell takes warnings.
	environ []string
	log     hint.Log

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
	// Log takes warnings; it may be nil.
	Log hint.Log
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
		return nil, nil, Stopped(ws.Name, problems, from.Filename)
	}
	return ws, problems, nil
}

// Validate is the command that lists the findings of a mesh.
func Validate(filename string) string { return "kubectl mesh validate" + FilenameFlag(filename) }

// ListAll is the command that shows every problem of a mesh.
func ListAll(filename string) string {
	return "to list all of them: kubectl mesh validate -o json" + FilenameFlag(filename)
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
	ws := &Workspace{environ: from.Environ, log: from.Log, from: from}
	name := from.Filename
	if name == "-" {
		name = Stdin
	}
	var err error
	if ws.Root, err = os.OpenRoot(from.dir()); err != nil {
		return nil, nil, verdict.Input(err)
	}
	var problems []mesh.Problem
	ws.Public, problems = ReadPublic(ctx, Files{Name: name, Dir: from.dir(), Text: text, Files: input.Files(ws.Root)})
	ws.record.state, ws.record.text = ws.Doc.State()
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
		return nil, Stopped(ws.Name, problems, from.Filename)
	}
	return ws, nil
}

// Close gives the directory back, and the lock.
func (ws *Workspace) Close() {
	_ = ws.Root.Close()
	if ws.lock != nil {
		ws.lock.Close()
	}
}

// Live is what must be known of the clusters before one is asked.
func (ws *Workspace) Live() live.Mesh {
	mesh := live.Mesh{
		Clusters:     slices.Collect(ws.Graph.Clusters()),
		Authorities:  map[string][]byte{},
		Pins:         map[string]live.Pinned{},
		MeshFile:     ws.Name,
		StateFile:    ws.Path(layout.State()),
		FilenameFlag: ws.FilenameFlag(),
	}
	state, _ := ws.Doc.State()
	for name, cluster := range ws.Declared() {
		mesh.Authorities[name] = cluster.API.CertificateAuthorityData
		mesh.Pins[name] = live.Pinned{Mesh: cluster.UID, State: state.Cluster(name).UID}
	}
	return mesh
}

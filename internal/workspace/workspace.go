// Package workspace opens the directory of a mesh.yaml, reads what belongs to the mesh, and writes what commands store
// there.
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

// Workspace is the directory of a mesh.yaml and what was read from it. It never reads outside the directory: os.Root
// rejects paths and links that leave it.
type Workspace struct {
	Public
	Root *os.Root
	// record is the recorded state of the clusters.
	record record
	guard  guard
	// environ is git's environment; log receives warnings.
	environ []string
	log     hint.Log

	from Source
	// lock is held until the workspace is closed; if nil, each change takes it.
	lock     *transaction.Tx
	changing sync.Mutex
	// swept is set if this run has taken the lock before.
	swept    bool
	snapshot transaction.Snapshot
}

// Source is where a workspace is, and what it gets from the machine.
type Source struct {
	// Filename of the mesh file; - reads it from Stdin, with the current directory as its directory.
	Filename string
	Stdin    io.Reader
	// Environ is the environment as os.Environ returns it, with which git finds the user's configuration.
	Environ []string
	// Log receives warnings; it may be nil.
	Log hint.Log
	// Hook is called before each file operation; for tests.
	Hook disk.Hook

	command string
	writes  bool
}

// Open reads and checks a mesh and its files. The returned problems do not stop rendering; those that do are the error.
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

// readLocked holds the lock until the workspace is closed.
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

// readSettled reads again if another run changed the workspace meanwhile.
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

// OpenUnchecked reads a mesh with findings: a leak cannot wait for them, and what must be fixed can be among them.
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

// Close closes the directory and releases the lock.
func (ws *Workspace) Close() {
	_ = ws.Root.Close()
	if ws.lock != nil {
		ws.lock.Close()
	}
}

// Live returns what live needs to know about the clusters.
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

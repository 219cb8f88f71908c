package exchange

import (
	"bytes"
	"context"
	"io/fs"
	"slices"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/input"
	"github.com/kubectl-mesh/kubectl-mesh/internal/review"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// preview reads the workspace as it would be, rejects changes that would break it, and explains the others.
func (i *intake) preview(ctx context.Context) error {
	state, _ := i.ws.Doc.State()
	state, err := i.record(state)
	if err != nil {
		return err
	}
	text, err := state.Encode()
	if err != nil {
		return err
	}
	files := overlay{FS: input.Files(i.ws.Root), written: map[string][]byte{layout.State(): text}}
	for _, write := range i.writes {
		files.written[write.name] = write.content
	}
	after, problems := workspace.ReadPublic(ctx, workspace.Files{
		Name:  i.ws.Name,
		Dir:   i.ws.Dir,
		Text:  i.ws.Doc.Text(),
		Files: files,
	})
	if broken := i.broken(problems); len(broken) > 0 || after.Graph == nil {
		return &workspace.Problems{Name: "after the import " + i.ws.Name, List: broken, Rest: "nothing was imported"}
	}
	i.done.Review, err = review.Preview(ctx, &i.ws.Public, &after)
	return err
}

// broken returns structural errors that the workspace does not have yet. Findings are allowed: facts arrive in several
// files, and may be inconsistent until the last one is imported.
func (i *intake) broken(problems []mesh.Problem) []mesh.Problem {
	before := i.ws.Check(nil)
	return slices.DeleteFunc(slices.Clone(problems), func(p mesh.Problem) bool {
		same := func(known mesh.Problem) bool { return known.String() == p.String() }
		return !p.Stops() || p.Rule != "" || slices.ContainsFunc(before, same)
	})
}

// overlay is a directory with some files replaced.
type overlay struct {
	fs.FS
	written map[string][]byte
}

func (o overlay) Open(name string) (fs.File, error) {
	if content, ok := o.written[name]; ok {
		return &writtenFile{Reader: bytes.NewReader(content), name: name}, nil
	}
	return o.FS.Open(name)
}

// ReadDir lists what is on disk: files of a directory that does not exist yet are opened by name.
func (o overlay) ReadDir(name string) ([]fs.DirEntry, error) { return fs.ReadDir(o.FS, name) }

// Stat includes the replaced files and their directories.
func (o overlay) Stat(name string) (fs.FileInfo, error) {
	if content, ok := o.written[name]; ok {
		return &writtenFile{Reader: bytes.NewReader(content), name: name}, nil
	}
	info, err := fs.Stat(o.FS, name)
	for written := range o.written {
		if err != nil && len(written) > len(name) && written[:len(name)+1] == name+"/" {
			return fs.Stat(o.FS, ".")
		}
	}
	return info, err
}

// writtenFile is a file in memory.
type writtenFile struct {
	*bytes.Reader
	name string
}

func (w *writtenFile) Stat() (fs.FileInfo, error) { return w, nil }
func (w *writtenFile) Close() error               { return nil }
func (w *writtenFile) Name() string               { return w.name }
func (w *writtenFile) Size() int64                { return w.Reader.Size() }
func (w *writtenFile) Mode() fs.FileMode          { return 0o644 }
func (w *writtenFile) ModTime() time.Time         { return time.Time{} }
func (w *writtenFile) IsDir() bool                { return false }
func (w *writtenFile) Sys() any                   { return nil }

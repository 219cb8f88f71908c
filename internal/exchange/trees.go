package exchange

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"

	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// trees are the committed rendered files; without a repository, those in the directory.
type trees struct {
	files     fs.FS
	committed bool
	close     func()
}

// openTrees opens HEAD. A repository without a commit, or an unreadable one, has no committed tree.
func openTrees(ctx context.Context, ws *workspace.Workspace) (trees, error) {
	inDirectory := trees{files: ws.Root.FS(), close: func() {}}
	repository, err := ws.Repository(ctx)
	if err != nil || repository == nil {
		return inDirectory, ctx.Err()
	}
	commit, err := repository.ResolveRevision(ctx, "HEAD")
	if err != nil {
		return inDirectory, ctx.Err()
	}
	snapshot, err := repository.Snapshot(ctx, commit, layout.Deploy)
	if err != nil {
		return inDirectory, ctx.Err()
	}
	return trees{files: snapshot, committed: true, close: snapshot.Close}, nil
}

func (t trees) state() string {
	if t.committed {
		return "committed"
	}
	return "rendered"
}

func (t trees) digest(cluster string) (string, error) { return treeDigest(t.files, cluster) }

// treeDigest is a digest over the files of a cluster in the reviewed tree, by name and content; empty if there are
// none.
func treeDigest(files fs.FS, cluster string) (string, error) {
	sum, count := sha256.New(), 0
	for _, root := range []string{layout.Overlay(cluster), layout.RedactedFile(cluster)} {
		err := fs.WalkDir(files, layout.Deployed(root), func(name string, entry fs.DirEntry, err error) error {
			if err != nil || !entry.Type().IsRegular() {
				return nil //nolint:nilerr // a missing part of the tree is not part of the digest
			}
			text, err := fs.ReadFile(files, name)
			if err != nil {
				return fmt.Errorf("read tree: %w", err)
			}
			content := sha256.Sum256(text)
			_, _ = fmt.Fprintf(sum, "%s %x\n", path.Clean(name), content) // a hash never fails
			count++
			return nil
		})
		if err != nil {
			return "", err
		}
	}
	if count == 0 {
		return "", nil
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

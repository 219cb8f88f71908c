package output

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/disk"
)

// Recover finishes what a killed run left in dir: a tree that was being put in place is completed, and a run
// that had not begun to do so is cleaned up. So dir holds the tree of before or the one of after. It tells
// whether it completed one. Write does the same by itself; of opts only Private and Hook count. An error means
// that dir is as it was: ErrBusy, or a file that was changed by hand since.
//
// What the disk lost in a power failure cannot be completed. mesh.lock then still lists what was written, so
// that the next Write puts it right.
func Recover(dir string, opts Options) (completed bool, err error) {
	root, err := disk.Open(dir, opts.Hook)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err == nil {
		defer root.Close()
		completed, err = recoverClaimed(dir, root, opts)
	}
	if err != nil {
		return false, disk.WithRemedy(fmt.Errorf("recover %s: %w", dir, err))
	}
	return completed, nil
}

func recoverClaimed(dir string, d disk.Dir, opts Options) (completed bool, err error) {
	names, err := stagingNames(d)
	if err != nil || len(names) == 0 {
		return false, err
	}
	release, err := claim(d.Root())
	if err != nil {
		return false, err
	}
	defer release()
	if completed, err = complete(dir, d, opts); err != nil {
		return false, err
	}
	return completed, sweep(d)
}

// complete carries on with every run that was killed while it put its tree in place.
func complete(dir string, d disk.Dir, opts Options) (completed bool, err error) {
	names, err := stagingNames(d)
	if err != nil {
		return false, fmt.Errorf("list the directory: %w", disk.Cause(err))
	}
	opts.Force = false // what was forced then is not what is there now
	for _, name := range names {
		old, err := readLock(d.Root())
		if err != nil {
			return completed, err
		}
		staged, err := (&interrupted{disk: d, name: name, lock: old}).read()
		if err != nil {
			return completed, err
		}
		if staged == nil {
			continue
		}
		if err := staged.install(dir, opts); err != nil {
			return completed, fmt.Errorf("complete the interrupted run: %w", err)
		}
		completed = true
	}
	return completed, nil
}

// interrupted is the staging directory of a run that was killed.
type interrupted struct {
	disk  disk.Dir
	name  string
	lock  lockFile // mesh.lock as it is
	after lock     // what it was to be
	items []item
}

// read returns nil if there is nothing to complete. While a tree is put in place, mesh.lock has left the
// staging directory in the form that covers both trees, and the final one has not: see staging_lock.go.
func (s *interrupted) read() (*interrupted, error) {
	if s.exists(lockDuring) || !s.exists(lockAfter) {
		return nil, nil
	}
	text, err := s.disk.Root().ReadFile(path.Join(s.name, lockAfter))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path.Join(s.name, lockAfter), disk.Cause(err))
	}
	s.after, err = parseLock(text)
	if err != nil || !s.lock.entries.covers(s.after) {
		return nil, nil //nolint:nilerr // the disk lost it, or the run took everything back before it was killed
	}
	whole, err := s.readStaged()
	if err != nil || !whole {
		return nil, err
	}
	for p := range s.lock.entries {
		if !s.after.lists(p) {
			s.items = append(s.items, item{path: p, stale: true})
		}
	}
	slices.SortFunc(s.items, func(a, b item) int { return strings.Compare(a.path, b.path) })
	return s, nil
}

func (s *interrupted) exists(name string) bool {
	_, err := s.disk.Root().Lstat(path.Join(s.name, name))
	return err == nil
}

// readStaged reads what is not in place yet. It is false if a file is not what the run wrote.
func (s *interrupted) readStaged() (whole bool, err error) {
	root, err := s.disk.Root().OpenRoot(path.Join(s.name, "new"))
	if errors.Is(err, fs.ErrNotExist) {
		return true, nil
	}
	if err != nil {
		return false, fmt.Errorf("open %s: %w", path.Join(s.name, "new"), disk.Cause(err))
	}
	defer root.Close() // opened for reading
	whole = true
	err = fs.WalkDir(root.FS(), ".", func(p string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		ok, err := s.addStaged(root, p, entry)
		whole = whole && ok
		return err
	})
	if err != nil {
		return false, fmt.Errorf("read %s: %w", path.Join(s.name, "new"), disk.Cause(err))
	}
	return whole, nil
}

func (s *interrupted) addStaged(root *os.Root, p string, entry fs.DirEntry) (ok bool, err error) {
	if !entry.Type().IsRegular() {
		return false, nil
	}
	content, err := root.ReadFile(p)
	if err != nil {
		return false, err
	}
	s.items = append(s.items, item{path: p, content: content})
	return s.after.has(p, digestOf(content)), nil
}

// install puts the rest in place as a run does that had the same tree to write.
func (s *interrupted) install(dir string, opts Options) error {
	p := &plan{dir: dir, opts: opts, lock: s.lock, items: s.items, next: s.after}
	if err := p.prepare(s.disk.Root()); err != nil {
		return err
	}
	if err := p.refusal(); err != nil {
		return err
	}
	if p.nothingToDo() {
		return nil
	}
	return install(s.disk, p)
}

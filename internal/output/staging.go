package output

import (
	"errors"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"sync/atomic"

	"github.com/kubectl-mesh/kubectl-mesh/internal/disk"
)

// workers share the directories of a tree. More than a few only wait for the same file system.
const workers = 2

const stagingPrefix = ".kubectl-mesh-staging-"

// staging is a hidden directory inside the target, hence on the same file system. new/ holds
// what will be renamed into place, under the paths of the tree; old/ takes what it replaces,
// numbered, until the run is over.
type staging struct {
	disk disk.Dir     // the target
	name string       // of the directory in it
	kept atomic.Int64 // files in old/
}

func (s *staging) path(elem ...string) string { return path.Join(s.name, path.Join(elem...)) }

func (s *staging) fresh(file string) string { return s.path("new", file) }

func (s *staging) nextOld() string {
	return s.path("old", strconv.FormatInt(s.kept.Add(1), 10))
}

func newStaging(d disk.Dir) (*staging, error) {
	for n := 0; ; n++ {
		s := &staging{disk: d, name: stagingPrefix + strconv.Itoa(n)}
		err := d.Mkdir(s.name, 0o700)
		if err == nil || !errors.Is(err, fs.ErrExist) {
			return s, err
		}
	}
}

// fill writes all that is new. Nothing of it is in place yet.
func (s *staging) fill(p *plan) error {
	if err := s.makeDirectories(p); err != nil {
		return err
	}
	if err := s.writeLocks(p); err != nil {
		return err
	}
	groups := byDirectory(p.items, func(it *item) bool { return it.action == actWrite })
	return disk.Each(workers, len(groups), func(i int) error {
		return s.writeGroup(groups[i], p.opts.fileMode())
	})
}

func (s *staging) makeDirectories(p *plan) error {
	needed := map[string]bool{}
	for i := range p.items {
		if p.items[i].action != actWrite {
			continue
		}
		for above := range ancestors(p.items[i].path) {
			needed[above] = true
		}
	}
	for _, dir := range []string{"new", "old"} {
		if err := s.disk.Mkdir(s.path(dir), p.opts.dirMode()); err != nil {
			return err
		}
	}
	for _, dir := range slices.Sorted(maps.Keys(needed)) {
		if err := s.disk.Mkdir(s.fresh(dir), p.opts.dirMode()); err != nil {
			return err
		}
	}
	return nil
}

func (s *staging) writeGroup(g group, mode fs.FileMode) error {
	at := g.directory
	if at == "." {
		at = ""
	}
	here, err := s.disk.Sub(s.fresh(g.directory), at)
	if err != nil {
		return err
	}
	defer here.Close() // every file in it reports its own Close
	for _, it := range g.items {
		if err := here.Write(path.Base(it.path), it.content, mode); err != nil {
			return err
		}
	}
	return nil
}

// remove takes the directory away, after a failure or at the end.
func (s *staging) remove() error { return s.disk.RemoveAll(s.name) }

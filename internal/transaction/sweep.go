package transaction

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/disk"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// sweeper looks for temporary files that no record lists.
type sweeper struct {
	disk    disk.Dir
	settled uint64
	stale   []string
	orphans []string
}

// sweep removes temporary files without a record. The old content of a file that an unsettled transaction was
// replacing is not one of them: it may be the only copy of a key, and stops the run.
func (tx *Tx) sweep() error {
	s := &sweeper{disk: tx.disk, settled: tx.settled}
	s.scan(".", false) // mesh.yaml, and settings for other programs
	for _, dir := range layout.Written() {
		info, err := tx.disk.Root().Lstat(dir)
		if err == nil && info.IsDir() { // there is nothing of ours behind a link
			s.scan(dir, true)
		}
	}
	if len(s.orphans) > 0 {
		return s.orphaned(tx)
	}
	for _, name := range s.stale {
		if err := removeIfThere(tx.disk, name); err != nil {
			return err
		}
	}
	if len(s.stale) > 0 {
		tx.notes = append(tx.notes, "removed temporary files of an interrupted run: "+strings.Join(s.stale, ", "))
	}
	return nil
}

func (s *sweeper) orphaned(tx *Tx) error {
	var errs []error
	for _, name := range s.orphans {
		errs = append(errs, hint.Errorf("compare it with the files next to it, restore the right content under its name, "+
			"then remove it",
			"%s is the old content of a file that an interrupted run was replacing, and the journal of that run is "+
				"missing", tx.path(name)))
	}
	return errors.Join(errs...)
}

func (s *sweeper) scan(dir string, deep bool) {
	entries, err := fs.ReadDir(s.disk.Root().FS(), dir)
	if err != nil {
		return // what cannot be listed holds nothing that this user's runs have left
	}
	for _, entry := range entries {
		name := path.Join(dir, entry.Name())
		switch {
		case entry.Type().IsRegular():
			s.judge(name, entries)
		case entry.IsDir() && deep && !strings.HasPrefix(entry.Name(), reservedPrefix):
			s.scan(name, true)
		}
	}
}

func (s *sweeper) judge(name string, siblings []fs.DirEntry) {
	base := path.Base(name)
	old, number, ours := parseHidden(base)
	switch {
	case !ours && !isSingleFile(base):
	case !ours, !old, number <= s.settled, s.hasOtherName(name, siblings):
		s.stale = append(s.stale, name)
	default:
		s.orphans = append(s.orphans, name)
	}
}

// hasOtherName reports whether the same file has another name in its directory: then nothing is lost with this one.
func (s *sweeper) hasOtherName(name string, siblings []fs.DirEntry) bool {
	mine, err := s.disk.Root().Lstat(name)
	if err != nil {
		return false
	}
	return slices.ContainsFunc(siblings, func(entry fs.DirEntry) bool {
		if _, _, hidden := parseHidden(entry.Name()); hidden || !entry.Type().IsRegular() {
			return false
		}
		info, err := s.disk.Root().Lstat(path.Join(path.Dir(name), entry.Name()))
		return err == nil && os.SameFile(mine, info)
	})
}

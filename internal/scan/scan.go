// Package scan finds credentials in files of a workspace that could be committed.
package scan

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/git"
	"github.com/kubectl-mesh/kubectl-mesh/internal/input"
	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/leaks"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

// Rules about where a file is, not about its content.
const (
	ruleTracked = "tracked-credential"
	ruleOpen    = "open-credential"
)

// maxScanned bounds how much of a file is scanned.
const maxScanned = 32 << 20

// Input selects what to scan.
type Input struct {
	// Dir is the directory of mesh.yaml, which need not exist.
	Dir string
	// Paths are scanned instead of what Git tracks or would add in Dir.
	Paths []string
	// Environ is git's environment, as os.Environ returns it.
	Environ []string
	Log     hint.Log
}

// Found are the findings, and the number of scanned files.
type Found struct {
	Files    int
	Problems []mesh.Problem
}

// Run scans for credentials.
func Run(ctx context.Context, in Input) (Found, error) {
	s := &scan{Input: in, scanner: leaks.New()}
	err := s.run(ctx, in.Dir, in.Paths)
	if ctx.Err() != nil {
		err = verdict.ErrInterrupted // Git's own error is clear
	}
	return Found{Files: s.files, Problems: s.problems}, err
}

// scan is one run.
type scan struct {
	Input
	scanner  *leaks.Scanner
	files    int
	problems []mesh.Problem
	warned   bool // that git does not answer
}

// run scans the specified paths; by default the directory of mesh.yaml and its credentials.
func (s *scan) run(ctx context.Context, dir string, paths []string) error {
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return verdict.Inputf("specify the mesh file with -f", "directory %q does not exist", dir)
	}
	if len(paths) == 0 {
		if err := s.directory(ctx, dir); err != nil {
			return err
		}
		if err := s.open(filepath.Join(dir, layout.Credentials)); err != nil {
			return err
		}
	}
	for _, path := range paths {
		info, err := os.Lstat(path)
		switch {
		case err != nil:
			return verdict.Input(terminal.QuotePath(err))
		case info.IsDir():
			err = s.directory(ctx, path)
		default:
			err = s.file(path)
		}
		if err != nil {
			return err
		}
	}
	return s.tracked(ctx, dir)
}

// directory scans what Git tracks or would add. Without Git, a user may commit everything except the credentials.
func (s *scan) directory(ctx context.Context, dir string) error {
	files, err := s.candidates(ctx, dir)
	if err != nil {
		return err
	}
	for _, name := range files {
		if err := s.file(filepath.Join(dir, filepath.FromSlash(name))); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err // tracked files may be missing in the directory
		}
		if ctx.Err() != nil {
			return verdict.ErrInterrupted
		}
	}
	return nil
}

// candidates returns the files below a directory that Git tracks or would add; without Git, all except credentials/.
func (s *scan) candidates(ctx context.Context, dir string) ([]string, error) {
	repository, err := git.Open(ctx, git.Input{Dir: dir, Environ: s.Environ})
	if s.isWithoutGit(err) {
		return filesWithout(dir, layout.Credentials, ".git")
	}
	if err != nil {
		return nil, err
	}
	return repository.Files(ctx)
}

// isWithoutGit reports whether Git knows nothing about a directory, or refuses to answer this user.
func (s *scan) isWithoutGit(err error) bool {
	if !errors.Is(err, git.ErrDubiousOwnership) {
		return errors.Is(err, git.ErrNoProgram) || errors.Is(err, git.ErrNoRepository)
	}
	if !s.warned {
		s.warned = true
		s.Log.Warn(strings.Join(hint.Of(err), "; "), "tracked files were not checked: %v", err)
	}
	return true
}

// filesWithout lists the files below a directory, but for those in directories of these names. Links are not
// followed.
func filesWithout(dir string, names ...string) ([]string, error) {
	var files []string
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return terminal.QuotePath(err)
		case entry.IsDir() && slices.Contains(names, entry.Name()):
			return fs.SkipDir
		case !entry.IsDir():
			files = append(files, path)
		}
		return nil
	})
	return files, err
}

// file looks at one regular file of text.
func (s *scan) file(path string) error {
	info, err := os.Lstat(path)
	if err != nil {
		return terminal.QuotePath(err)
	}
	if !info.Mode().IsRegular() {
		return nil
	}
	file, err := input.Open(path)
	if err != nil {
		return terminal.QuotePath(err)
	}
	defer file.Close() // opened for reading
	content, err := io.ReadAll(io.LimitReader(file, maxScanned))
	if err != nil {
		return terminal.QuotePath(err)
	}
	s.files++
	if info.Size() > maxScanned {
		s.Log.Warn("", "%s: only the first %d MiB were scanned", path, maxScanned>>20)
	}
	for _, f := range s.scanner.ScanFile(path, content) {
		s.found(f.Rule, path, f.Line, f.Words(), "")
	}
	return nil
}

func (s *scan) found(rule, path string, line int, message, hint string) {
	s.problems = append(s.problems, mesh.Problem{
		Rule:     rule,
		Severity: mesh.SeverityError,
		File:     path,
		Line:     line,
		Message:  message,
		Hint:     hint,
	})
}

// tracked looks for files of the directory of credentials that git has, whatever is in them.
func (s *scan) tracked(ctx context.Context, dir string) error {
	repository, err := git.Open(ctx, git.Input{Dir: dir, Environ: s.Environ})
	if s.isWithoutGit(err) {
		return nil
	}
	if err != nil {
		return err
	}
	names, err := repository.Tracked(ctx, layout.Credentials)
	if err != nil {
		return err
	}
	for _, name := range names {
		if name != layout.CredentialsIgnore() {
			s.found(ruleTracked, filepath.Join(dir, filepath.FromSlash(name)), 0,
				"Git tracks a file in the credentials directory",
				"git rm --cached -- "+shell.Name(name)+", and treat its content as compromised")
		}
	}
	return nil
}

// open looks for credentials that others may read. Mode bits say nothing on Windows.
func (s *scan) open(dir string) error {
	if _, err := os.Stat(dir); runtime.GOOS == "windows" || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	names, err := filesWithout(dir)
	if err != nil {
		return err
	}
	for _, name := range names {
		path := filepath.Join(dir, filepath.FromSlash(name))
		info, err := os.Lstat(path)
		if err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o077 != 0 && name != ".gitignore" {
			s.found(ruleOpen, path, 0,
				fmt.Sprintf("this credential is accessible to other users (mode %04o)",
					info.Mode().Perm()), "chmod 600 "+shell.Name(path))
		}
	}
	return nil
}

package cli

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

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/leaks"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

// Rules of what is found by where a file is, not by what is in it.
const (
	ruleTracked = "tracked-credential"
	ruleOpen    = "open-credential"
)

// maxScanned is how much of a file is looked at.
const maxScanned = 32 << 20

// secretScan is one run of validate --secrets.
type secretScan struct {
	System
	scanner  *leaks.Scanner
	files    int
	problems []mesh.Problem
}

func (o *validateOptions) runSecrets(ctx context.Context) error {
	scan := &secretScan{System: o.System, scanner: leaks.New()}
	if err := scan.run(ctx, o.folder(), o.paths); err != nil {
		return err
	}
	if err := scan.print(o.output); err != nil || len(scan.problems) == 0 {
		return err
	}
	return withHint(fmt.Errorf("%s in %s that %s looked at", count(len(scan.problems), "credential"), count(scan.files, "file"), wasOrWere(scan.files)),
		"take each out, and what was committed for known: kubectl mesh explain link says how a credential is ended")
}

func wasOrWere(n int) string {
	if n == 1 {
		return "was"
	}
	return "were"
}

// folder of mesh.yaml, whether or not there is one.
func (o *validateOptions) folder() string {
	if o.filename == "-" {
		return "."
	}
	return filepath.Dir(o.filename)
}

// run looks at what is named; if nothing is, at the folder of mesh.yaml and its credentials.
func (s *secretScan) run(ctx context.Context, folder string, paths []string) error {
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return inputErrorf("name the mesh file with -f", "there is no folder %q", folder)
	}
	if len(paths) == 0 {
		if err := s.folder(ctx, folder); err != nil {
			return err
		}
		if err := s.open(filepath.Join(folder, credentialsFolder)); err != nil {
			return err
		}
	}
	for _, path := range paths {
		info, err := os.Lstat(path)
		switch {
		case err != nil:
			return inputError{quotePath(err)}
		case info.IsDir():
			err = s.folder(ctx, path)
		default:
			err = s.file(path)
		}
		if err != nil {
			return err
		}
	}
	return s.tracked(ctx, folder)
}

// folder looks at what git has, or would take. Where there is no git, a person may commit all but the
// credentials.
func (s *secretScan) folder(ctx context.Context, folder string) error {
	files, known, err := gitFiles(ctx, folder, "--cached", "--others", "--exclude-standard", "--deduplicate")
	if err != nil {
		return withHint(fmt.Errorf("ask git for the files of %s: %w", folder, err), "make git work in this folder: git status")
	}
	if !known {
		if files, err = filesWithout(folder, credentialsFolder, ".git"); err != nil {
			return err
		}
	}
	for _, name := range files {
		if err := s.file(filepath.Join(folder, filepath.FromSlash(name))); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err // what git has need not be in the folder any more
		}
		if ctx.Err() != nil {
			return errInterrupted
		}
	}
	return nil
}

// filesWithout lists the files below a folder, but for those in folders of these names. Links are not
// followed.
func filesWithout(folder string, names ...string) ([]string, error) {
	var files []string
	err := fs.WalkDir(os.DirFS(folder), ".", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return quotePath(err)
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
func (s *secretScan) file(path string) error {
	info, err := os.Lstat(path)
	if err != nil {
		return quotePath(err)
	}
	if !info.Mode().IsRegular() {
		return nil
	}
	file, err := os.Open(path)
	if err != nil {
		return quotePath(err)
	}
	defer file.Close()
	content, err := io.ReadAll(io.LimitReader(file, maxScanned))
	if err != nil {
		return quotePath(err)
	}
	s.files++
	if info.Size() > maxScanned {
		fmt.Fprintf(s.ErrOut, "warning: %s: only the first %d MiB were looked at\n", oneLine(path), maxScanned>>20)
	}
	for _, f := range s.scanner.ScanFile(path, content) {
		s.found(f.Rule, path, f.Line, f.Words(), "")
	}
	return nil
}

func (s *secretScan) found(rule, path string, line int, message, hint string) {
	s.problems = append(s.problems, mesh.Problem{Rule: rule, Severity: mesh.SeverityError, File: path, Line: line, Message: message, Hint: hint})
}

// tracked looks for files of the folder of credentials that git has, whatever is in them.
func (s *secretScan) tracked(ctx context.Context, folder string) error {
	names, _, err := gitFiles(ctx, folder, "--cached", "--", credentialsFolder)
	if err != nil {
		return err
	}
	for _, name := range names {
		if name != credentialsFolder+"/.gitignore" {
			s.found(ruleTracked, filepath.Join(folder, filepath.FromSlash(name)), 0, "git has a file of the folder of credentials",
				"git rm --cached -- "+shell.Quote(name)+", and take what is in it for known")
		}
	}
	return nil
}

// open looks for credentials that others may read. Mode bits say nothing on Windows.
func (s *secretScan) open(folder string) error {
	if _, err := os.Stat(folder); runtime.GOOS == "windows" || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	names, err := filesWithout(folder)
	if err != nil {
		return err
	}
	for _, name := range names {
		path := filepath.Join(folder, filepath.FromSlash(name))
		info, err := os.Lstat(path)
		if err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o077 != 0 && name != ".gitignore" {
			s.found(ruleOpen, path, 0, fmt.Sprintf("others may read or change this credential (mode %04o)", info.Mode().Perm()), "chmod 600 "+shell.Quote(path))
		}
	}
	return nil
}

// print writes a line for each finding, as a compiler does; editors and hooks find the place by it.
func (s *secretScan) print(format string) error {
	if format != "" {
		return printProblems(s.Out, format, s.problems)
	}
	if len(s.problems) == 0 {
		_, err := fmt.Fprintf(s.Out, "no credential in %s\n", count(s.files, "file"))
		return err
	}
	for _, p := range s.problems {
		line := oneLine(p.File)
		if p.Line > 0 {
			line += fmt.Sprintf(":%d", p.Line)
		}
		if _, err := fmt.Fprintf(s.Out, "%s: %s: %s\n", line, p.Rule, strings.TrimSpace(p.Message)); err != nil {
			return err
		}
		sayHint(s.ErrOut, p.Hint)
	}
	return nil
}

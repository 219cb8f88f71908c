package git

import (
	"context"
	"fmt"
	"path"
	"path/filepath"
	"strings"
)

// rule is the pattern that decides about a path, and where it stands.
type rule struct {
	source  string // a file: relative to the top of the work tree, or absolute
	line    string
	pattern string // empty if none matches
}

// ignores reports whether the rule is one that ignores.
func (r rule) ignores() bool { return r.pattern != "" && !strings.HasPrefix(r.pattern, "!") }

// Ignored returns those of the paths that git ignores, whether or not they exist. A tracked file is not
// ignored, whatever pattern matches it. A path behind a symbolic link or in a submodule is an error.
func (r *Repository) Ignored(ctx context.Context, paths ...string) ([]string, error) {
	rules, err := r.rules(ctx, paths)
	if err != nil {
		return nil, fmt.Errorf("list ignored files: %w", err)
	}
	tracked, err := r.Tracked(ctx)
	if err != nil {
		return nil, err
	}
	has := make(map[string]bool, len(tracked))
	for _, name := range tracked {
		has[name] = true
	}
	var ignored []string
	for i, name := range paths {
		if rules[i].ignores() && !has[path.Clean(name)] {
			ignored = append(ignored, name)
		}
	}
	return ignored, nil
}

// rules returns the pattern that decides about each path, the index left out: git check-ignore looks a
// path up in all of it, one by one, and takes wildcards in it for such.
func (r *Repository) rules(ctx context.Context, paths []string) ([]rule, error) {
	if len(paths) == 0 {
		return nil, nil
	}
	if err := local(paths); err != nil {
		return nil, err
	}
	var input strings.Builder
	for _, name := range paths {
		input.WriteString("./" + name + "\x00") // so that a colon begins no pathspec
	}
	answer, err := r.git.run(ctx, r.dir, input.String(), "check-ignore", "-z", "--stdin",
		"--verbose", "--non-matching", "--no-index")
	if err != nil && exitCode(err) != 1 { // no path is ignored
		return nil, err
	}
	fields := records(answer)
	if len(fields) != 4*len(paths) {
		return nil, fmt.Errorf("git check-ignore: %w: %d fields about %d paths", ErrUnusable, len(fields), len(paths))
	}
	rules := make([]rule, len(paths))
	for i := range rules {
		rules[i] = rule{source: fields[4*i], line: fields[4*i+1], pattern: fields[4*i+2]}
	}
	return rules, nil
}

// place of a rule, as the user would name it: relative to the directory, where that is shorter.
func (r *Repository) place(decides rule) string {
	source := filepath.FromSlash(decides.source)
	if !filepath.IsAbs(source) {
		source = filepath.Join(r.top, source)
	}
	below, err := filepath.Rel(filepath.Join(r.top, filepath.FromSlash(r.sub)), source)
	if err == nil && filepath.IsLocal(below) {
		source = filepath.ToSlash(below)
	}
	return source + ":" + decides.line
}

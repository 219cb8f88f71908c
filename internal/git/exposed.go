package git

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// probes represent unexpected names, at every depth that a credential may have.
func probes(secret string) []string {
	const name = "kubectl-mesh-probe"
	paths := []string{secret + "/" + name}
	for range 3 {
		paths = append(paths, paths[len(paths)-1]+"/"+name)
	}
	return paths
}

// exposed refuses paths that no rule ignores, and a directory that new files would be taken from. Where a rule
// ignores the directory itself, git does not look into it, and no rule inside of it counts.
func (r *Repository) exposed(ctx context.Context, secret string, paths []string) (refused, err error) {
	probes := probes(secret)
	paths = slices.Concat([]string{secret}, probes, paths)
	rules, err := r.rules(ctx, paths[:1])
	if err == nil && !rules[0].ignores() {
		rules, err = r.rules(ctx, paths)
	}
	if err != nil {
		return nil, fmt.Errorf("list ignored files: %w", err)
	}
	if rules[0].ignores() {
		return nil, nil
	}
	var names, remedies []string
	for i, path := range paths {
		if rules[i].ignores() {
			continue
		}
		if path != secret { // its own rule is only asked for to name it
			names = append(names, path)
		}
		if rules[i].pattern != "" {
			remedy := fmt.Sprintf("remove the pattern %s at %s", rules[i].pattern, r.place(rules[i]))
			remedies = append(remedies, shown(remedy))
		}
	}
	switch {
	case len(names) == 0:
		return nil, nil
	case slices.Contains(probes, names[0]):
		names = []string{secret + "/"}
	}
	slices.Sort(remedies)
	remedies = append(slices.Compact(remedies), r.addLine(secret))
	return exposes(fmt.Errorf("%s not ignored by Git", are(names)), remedies...), nil
}

// addLine names the rule that no other one undoes: the last match counts, and git does not look into a
// directory that it ignores.
func (r *Repository) addLine(secret string) string {
	file := filepath.Join(r.dir, ".gitignore")
	if info, err := os.Lstat(file); err == nil && info.Mode()&os.ModeSymlink != 0 {
		return "replace " + file + ", a symbolic link that Git does not follow, with the line /" + secret + "/"
	}
	return "make /" + secret + "/ the last line of " + file
}

// are names a few of many: "a, b, c and 3 more are".
func are(names []string) string {
	const maxNames = 3
	names = slices.Clone(names)
	for i, name := range names {
		names[i] = shown(name)
	}
	switch n := len(names); {
	case n == 1:
		return names[0] + " is"
	case n > maxNames:
		return fmt.Sprintf("%s and %d more are", strings.Join(names[:maxNames], ", "), n-maxNames)
	default:
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1] + " are"
	}
}

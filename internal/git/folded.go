package git

import "strings"

// folded finds, at and below some paths, files that are one on a system that ignores case.
type folded struct {
	paths []string
	// seen are the names of directories and files so far, by what they are without case; named are those that were told.
	seen  map[string]string
	named map[string]bool
}

func newFolded(paths []string) folded {
	f := folded{paths: paths, seen: map[string]string{}, named: map[string]bool{}}
	for _, path := range paths {
		for name := range ancestry(path) {
			f.seen[strings.ToLower(name)] = name
		}
	}
	return f
}

// twin finds another name of a file, or of a directory around it, that differs in case only. It tells each name once.
func (f folded) twin(file string) (name, other string) {
	lower := strings.ToLower(file)
	for _, path := range f.paths {
		if low := strings.ToLower(path); !contains(low, lower) && !contains(lower, low) {
			continue
		}
		for name := range ancestry(file) {
			key := strings.ToLower(name)
			other, known := f.seen[key]
			switch {
			case !known:
				f.seen[key] = name
			case other != name && !f.named[name]:
				f.named[name] = true
				return name, other
			}
		}
	}
	return "", ""
}

// ancestry are the directories around a path, from the outermost one, and the path.
func ancestry(path string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for i := range len(path) {
			if path[i] == '/' && !yield(path[:i]) {
				return
			}
		}
		yield(path)
	}
}

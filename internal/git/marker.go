package git

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Marker is the .git of the directory or of the next parent that has one; empty if none has. It may be one that git
// cannot use, and it is found where there is no git: so that a damaged repository does not pass for none.
func Marker(in Input) string {
	dir, err := filepath.Abs(in.Dir)
	if err != nil {
		return ""
	}
	if resolved, err := filepath.EvalSymlinks(dir); err == nil {
		dir = resolved
	}
	ceilings := ceilings(in.Environ)
	for {
		marker := filepath.Join(dir, ".git")
		if _, err := os.Lstat(marker); err == nil {
			return marker
		}
		parent := filepath.Dir(dir)
		if parent == dir || slices.Contains(ceilings, parent) {
			return ""
		}
		dir = parent
	}
}

// ceilings are the directories that the user keeps git from looking into (git help git, GIT_CEILING_DIRECTORIES).
func ceilings(environ []string) []string {
	for _, variable := range slices.Backward(environ) {
		if list, ok := strings.CutPrefix(variable, "GIT_CEILING_DIRECTORIES="); ok {
			return filepath.SplitList(list)
		}
	}
	return nil
}

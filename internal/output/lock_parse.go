package output

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

// errConflict: the tree is rendered, so there is no need to merge it by hand.
var errConflict = errors.New("a merge conflict")

// hintMerge takes the tree of one side as it was rendered: a file that Git has merged is of neither.
func hintMerge(dir string) string {
	tree := shell.Name(dir)
	return "take the tree of the merged branch, and render again: git restore --source=MERGE_HEAD --staged --worktree " +
		"-- " + tree + " && kubectl mesh render --output-dir " + tree
}

const (
	hintCRLF = "Git changed the line endings: add the line `* text=auto eol=lf` to .gitattributes, and check out the " +
		"directory again"
)

// isConflictMarker knows the lines that git leaves in a file that it could not merge.
func isConflictMarker(line string) bool {
	return strings.HasPrefix(line, "<<<<<<<") || strings.HasPrefix(line, "|||||||") ||
		strings.HasPrefix(line, "=======") || strings.HasPrefix(line, ">>>>>>>")
}

// parseLock reads mesh.lock strictly: what it says decides which files may be removed.
func parseLock(text []byte) (lock, error) {
	l := lock{}
	number := 0
	for line := range strings.Lines(string(text)) {
		number++
		if err := l.parseLine(line); err != nil {
			return nil, fmt.Errorf("line %d: %w", number, err)
		}
	}
	return l, nil
}

func (l lock) parseLine(line string) error {
	// A file that was cut short would otherwise name a path that it does not mean.
	text, whole := strings.CutSuffix(line, "\n")
	switch {
	case !whole:
		return errors.New("the last line is incomplete")
	case strings.HasSuffix(text, "\r"):
		return hint.New(hintCRLF, "a carriage return at the end of the line")
	case isConflictMarker(text):
		return errConflict
	case strings.HasPrefix(text, "#"):
		return nil
	}
	sum, path, found := strings.Cut(text, "  ")
	if !found {
		return fmt.Errorf("%q is not a digest, two spaces and a path", text)
	}
	d, err := parseDigest(sum)
	if err != nil {
		return err
	}
	if err := checkPath(path); err != nil {
		return err
	}
	if l.has(path, d) {
		return fmt.Errorf("%q is listed on an earlier line", path)
	}
	l.add(path, d)
	return nil
}

func parseDigest(text string) (digest, error) {
	var d digest
	if len(text) != hex.EncodedLen(len(d)) || strings.Trim(text, "0123456789abcdef") != "" {
		return d, fmt.Errorf("%q is not a sha256 digest in lower-case hex", text)
	}
	_, err := hex.Decode(d[:], []byte(text))
	return d, err
}

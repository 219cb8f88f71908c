package transaction

import "path"

// JournalPaths lists every path that a journal would make a recovery look at; none if it is refused.
func JournalPaths(text []byte) []string {
	r, err := decodeRecord(text)
	if err != nil {
		return nil
	}
	paths := r.Directories
	for i, e := range r.Files {
		paths = append(paths, e.Path, r.newName(i), path.Clean(r.oldName(i)))
	}
	return paths
}

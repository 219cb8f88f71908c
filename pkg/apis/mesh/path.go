package mesh

import "strings"

// splitPath splits a field path without list indexes: spec.clusters[1].name becomes spec, clusters, name.
func splitPath(path string) []string {
	var names []string
	for _, step := range steps(path) {
		if !strings.HasPrefix(step, "[") {
			names = append(names, step)
		}
	}
	return names
}

// steps splits a field path with indexes and map keys: spec.clusters[1].name becomes spec, clusters, [1], name.
func steps(path string) []string {
	var steps []string
	for len(path) > 0 {
		switch path[0] {
		case '.':
			path = path[1:]
		case '[':
			end := strings.IndexByte(path, ']')
			if end < 0 {
				return append(steps, path)
			}
			steps = append(steps, path[:end+1])
			path = path[end+1:]
		default:
			end := strings.IndexAny(path, ".[")
			if end < 0 {
				end = len(path)
			}
			steps = append(steps, path[:end])
			path = path[end:]
		}
	}
	return steps
}

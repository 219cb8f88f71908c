package mesh

import (
	"encoding/json"
	"reflect"
	"strconv"
	"strings"

	kjson "sigs.k8s.io/json"
)

// strictWithout runs the strict decoder again with null in place of values of a wrong type, which prevent it from
// finding unknown fields.
func strictWithout(doc []byte, wrong []Problem, into any) []error {
	var tree any
	if json.Unmarshal(doc, &tree) != nil {
		return nil
	}
	for _, problem := range wrong {
		setNull(tree, steps(problem.Field))
	}
	plain, err := json.Marshal(tree)
	if err != nil {
		return nil
	}
	strict, err := kjson.UnmarshalStrict(plain, reflect.New(reflect.TypeOf(into).Elem()).Interface())
	if err != nil {
		return nil
	}
	return strict
}

// setNull sets the value at a path to null, if it exists.
func setNull(node any, path []string) {
	for i, step := range path {
		last := i == len(path)-1
		switch parent := node.(type) {
		case map[string]any:
			key := strings.TrimSuffix(strings.TrimPrefix(step, "["), "]")
			if _, ok := parent[key]; ok && last {
				parent[key] = nil
			}
			node = parent[key]
		case []any:
			index, err := strconv.Atoi(strings.Trim(step, "[]"))
			if err != nil || index < 0 || index >= len(parent) {
				return
			}
			if last {
				parent[index] = nil
			}
			node = parent[index]
		default:
			return
		}
	}
}

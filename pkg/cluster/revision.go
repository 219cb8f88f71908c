package cluster

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
)

// pickRevision selects one of several control planes: the declared one; if none is declared, the default one, or else
// the only one. It never replaces a declared one with another. why explains an empty result.
func pickRevision(found map[string]*appsv1.Deployment, ask Ask) (revision, why string) {
	names := slices.Sorted(maps.Keys(found))
	switch {
	case found[ask.Revision] != nil, ask.Served, found == nil:
		return ask.Revision, ""
	case ask.Revision != "" && len(names) > 0:
		return "", fmt.Sprintf("namespace %s has no control plane of revision %s, only of %s",
			ask.Namespace, ask.Revision, shown(names))
	case len(names) == 1:
		return names[0], ""
	case len(names) > 1:
		return "", fmt.Sprintf("namespace %s has control planes of revisions %s: select one of them",
			ask.Namespace, shown(names))
	}
	return "", fmt.Sprintf("namespace %s has no Deployment %s", ask.Namespace, revisioned(istiodName, ask.Revision))
}

// revisioned returns the name of a revision's object.
func revisioned(name, revision string) string {
	if revision == "" {
		return name
	}
	return name + "-" + revision
}

// shown lists revisions.
func shown(revisions []string) string {
	names := slices.Clone(revisions)
	for i := range names {
		if names[i] == "" {
			names[i] = "default"
		}
	}
	return strings.Join(names, ", ")
}

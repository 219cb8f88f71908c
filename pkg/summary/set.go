package summary

import (
	"slices"
	"strings"
)

// maxNames is the number of names, or of exceptions, that are always listed.
const (
	maxNames   = 3
	exceptions = 2
)

// population is all clusters of a kind. A set with most of them is described by what is missing, so that a new cluster
// does not change every line.
type population struct {
	names []string // sorted
	noun  string   // cluster, or control plane
}

// other describes a set that excludes the cluster of the line.
func (p population) other(set []string, self string) string {
	all := slices.DeleteFunc(slices.Clone(p.names), func(name string) bool { return name == self })
	return p.named("every other "+p.noun, all, set)
}

// of describes a set of clusters.
func (p population) of(set []string) string { return p.named("every "+p.noun, p.names, set) }

func (p population) named(every string, all, set []string) string {
	var missing []string
	for _, name := range all {
		if !slices.Contains(set, name) {
			missing = append(missing, name)
		}
	}
	switch foreign := len(set) - (len(all) - len(missing)); {
	case len(set) == 0:
		return "none"
	case len(set) <= maxNames || foreign > 0 || len(missing) > exceptions:
		return strings.Join(set, ", ")
	case len(missing) == 0:
		return every
	}
	return every + " except " + strings.Join(missing, ", ")
}

// everyCluster and controlPlanes are the populations of a mesh.
func (s Summary) everyCluster() population {
	p := population{noun: "cluster"}
	for i := range s.Clusters {
		p.names = append(p.names, s.Clusters[i].Name)
	}
	return p
}

func (s Summary) controlPlanes() population {
	p := population{noun: "control plane"}
	for i := range s.Clusters {
		if s.Clusters[i].ControlPlane == s.Clusters[i].Name {
			p.names = append(p.names, s.Clusters[i].Name)
		}
	}
	return p
}

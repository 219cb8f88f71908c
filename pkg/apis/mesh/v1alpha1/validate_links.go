package v1alpha1

import (
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// AllClusters matches every cluster in a link.
const AllClusters = "*"

func validateLinks(path *field.Path, links []Link, clusters *roster) []Problem {
	var errs []Problem
	for i, link := range links {
		errs = append(errs, validateLink(path.Index(i), link)...)
		for _, end := range []struct {
			name  string
			names []string
		}{{name: "between", names: link.Between}, {name: "from", names: link.From}, {name: "to", names: link.To}} {
			for j, name := range end.names {
				if len(errs) > maxErrors {
					return errs
				}
				if name != AllClusters {
					errs = append(errs, clusters.validate(path.Index(i).Child(end.name).Index(j), name)...)
				}
			}
		}
	}
	return errs
}

func validateLink(path *field.Path, link Link) []Problem {
	oneWay := len(link.From) > 0 || len(link.To) > 0
	switch {
	case len(link.Between) > 0 && oneWay:
		return []Problem{forbidden(path, "between means both directions, from and to one direction",
			"split it into two links")}
	case len(link.Between) > 0:
		return validateBetween(path.Child("between"), link.Between)
	case !oneWay:
		return []Problem{required(path, "use between: [east, west], or from: [east] and to: [west]")}
	case len(link.From) == 0:
		return []Problem{required(path.Child("from"), "list the callers, or \"*\" for all")}
	case len(link.To) == 0:
		return []Problem{required(path.Child("to"), "list the called clusters, or \"*\" for all")}
	}
	return validateOneWay(path, link)
}

func validateBetween(path *field.Path, names []string) []Problem {
	seen := map[string]bool{}
	for i, name := range names {
		if seen[name] {
			return []Problem{duplicate(path.Index(i), name, "a cluster has no link to itself", "list each cluster once")}
		}
		seen[name] = true
	}
	if len(seen) == 1 && !seen[AllClusters] {
		return []Problem{invalid(path, names[0], "must list at least two clusters", "add the other end, or \"*\" for all")}
	}
	return nil
}

// validateOneWay: "*" on one side excludes a cluster on the other side. The same name on both sides is a mistake.
func validateOneWay(path *field.Path, link Link) []Problem {
	from := map[string]bool{}
	for _, name := range link.From {
		from[name] = true
	}
	for i, name := range link.To {
		if name != AllClusters && from[name] {
			return []Problem{invalid(path.Child("to").Index(i), name, "must not also be a caller: no cluster links to itself",
				"list the cluster on one side only, or use between")}
		}
	}
	return nil
}

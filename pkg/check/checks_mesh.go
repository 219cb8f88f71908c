package check

import (
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
)

func sortNames(names []string) []string {
	slices.Sort(names)
	return names
}

func soundFiles() Check {
	return Check{ID: "CHECK001", Severity: mesh.SeverityError, Scope: ScopeMesh,
		Title: "The files have no problem that stops a rendering",
		Why: "mesh.yaml and what lies beside it is what every cluster is compared with. A finding of a rule that nobody has " +
			"waived says that what is written will not work, or is unwise.",
		Remedy: "Do what the finding says; kubectl mesh explain prints the rule. kubectl mesh validate makes this check alone.",
		run: func(s subject) []outcome {
			var found []outcome
			for _, problem := range s.Problems {
				if problem.Waived != "" {
					continue
				}
				o := outcome{reason: problem.String(), remedy: problem.Hint}
				switch {
				case problem.HoldsBack():
					o.status = StatusUnknown
				case !problem.Stops():
					o.status = StatusWarning
				}
				found = append(found, o)
			}
			if found == nil {
				return ok()
			}
			return found
		}}
}

func currentTree() Check {
	return Check{ID: "CHECK002", Severity: mesh.SeverityError, Scope: ScopeMesh,
		Title: "The reviewed tree is what would be rendered",
		Why: "What is committed in deploy is what was reviewed. When it is not what mesh.yaml renders, somebody has edited it, or " +
			"has not rendered it again, and the clusters get something else than mesh.yaml says.",
		Remedy: "Render it again and commit it: kubectl mesh render --output-dir deploy",
		run: func(s subject) []outcome {
			switch {
			case s.Tree == nil:
				return nil
			case len(*s.Tree) == 0:
				return ok()
			}
			return bad("deploy is not what would be rendered: "+abridged(*s.Tree), "kubectl mesh render --output-dir deploy")
		}}
}

// abridged lists the first of many.
func abridged(items []string) string {
	const most = 5
	if len(items) > most {
		return strings.Join(items[:most], ", ") + ", …"
	}
	return strings.Join(items, ", ")
}

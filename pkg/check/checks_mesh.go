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
	return Check{
		ID:       "CHECK001",
		Severity: mesh.SeverityError,
		Scope:    ScopeMesh,
		Title:    "The files have no errors",
		Why: "All clusters are compared with mesh.yaml and its related files. A finding that is not " +
			"waived reports a configuration that does not work or is risky.",
		Remedy: "Follow the hint of the finding; kubectl mesh explain prints the rule. kubectl mesh validate runs only " +
			"this check.",
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
		},
	}
}

func currentTree() Check {
	return Check{
		ID:       "CHECK002",
		Severity: mesh.SeverityError,
		Scope:    ScopeMesh,
		Title:    "The reviewed tree is current",
		Why: "The committed tree in deploy was reviewed. If mesh.yaml renders something else, the tree was edited by " +
			"hand or not rendered again, and the clusters do not get what mesh.yaml specifies.",
		Remedy: "Render it again and commit it: kubectl mesh render --output-dir deploy",
		run: func(s subject) []outcome {
			switch {
			case s.Tree == nil:
				return nil
			case len(*s.Tree) == 0:
				return ok()
			}
			return bad("deploy is not current: "+abridged(*s.Tree), "kubectl mesh render --output-dir deploy")
		},
	}
}

// abridged lists the first few.
func abridged(items []string) string {
	const most = 5
	if len(items) > most {
		return strings.Join(items[:most], ", ") + ", …"
	}
	return strings.Join(items, ", ")
}

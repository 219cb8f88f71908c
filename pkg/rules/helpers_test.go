package rules_test

import (
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/rules"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

// load makes the input of the rules from the text of spec, as YAML in one line. The mesh is
// valid, as the rules may expect.
func load(t testing.TB, spec string) rules.Input {
	t.Helper()
	text := "apiVersion: kubectl-mesh.dev/v1alpha1\nkind: Mesh\nmetadata: {name: shop}\nspec: " + spec + "\n"
	doc, problems := mesh.Load(mesh.Source{Name: "mesh.yaml", Text: []byte(text)})
	if len(problems) > 0 {
		t.Fatalf("%s is not valid: %v", spec, problems)
	}
	return rules.Input{Mesh: doc.Mesh, Graph: topology.New(doc.Mesh)}
}

// of keeps the problems of one rule.
func of(rule string, problems []mesh.Problem) []mesh.Problem {
	var kept []mesh.Problem
	for _, problem := range problems {
		if problem.Rule == rule {
			kept = append(kept, problem)
		}
	}
	return kept
}

// found is a problem whose rule and severity go without saying.
func found(field, message, hint string, clusters ...string) mesh.Problem {
	return mesh.Problem{Field: field, Message: message, Hint: hint, Clusters: clusters}
}

// awaited is a problem that holds back what needs the missing fact, where other findings of its rule are errors.
func awaited(problem mesh.Problem) mesh.Problem {
	problem.Severity = mesh.SeverityIncomplete
	return problem
}

// inFile is a problem of a file that is no mesh.yaml.
func inFile(file string, problem mesh.Problem) mesh.Problem {
	problem.File = file
	return problem
}

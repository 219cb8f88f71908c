package check

import (
	"fmt"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/appliedcopy"
)

func noAppliedCopy() Check {
	return Check{ID: "CHECK042", Severity: mesh.SeverityWarning, Scope: ScopeCluster, After: "CHECK003",
		Title: "No Secret of the mesh has a copy of its credential in an annotation",
		Why: "A client-side kubectl apply stores the applied object in annotation " + appliedcopy.Annotation + ". In a " +
			"Secret it contains the credential in plain text: kubectl describe prints it, and tools that mask Secret data " +
			"do not mask it.",
		Remedy: "Apply again, which removes the annotation: kubectl mesh render --apply. In a pipe use " +
			"kubectl apply --server-side --field-manager=mesh-cli, which stores no copy.",
		run: func(s subject) []outcome {
			copies := s.facts.Copies
			if copies.Why != "" {
				return unknown(copies.Why, "")
			}
			if len(copies.Value) == 0 {
				return ok()
			}
			remedy := s.Commands.Kubectl(s.cluster.Name) + " -n " + s.cluster.Istio.Namespace + " annotate secret " +
				strings.Join(copies.Value, " ") + " " + appliedcopy.Annotation + "-"
			return bad(fmt.Sprintf("annotation %s contains the credential of Secret %s in namespace %s",
				appliedcopy.Annotation, strings.Join(copies.Value, ", "), s.cluster.Istio.Namespace), remedy)
		}}
}

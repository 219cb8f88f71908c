package check

import "github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"

// Sealed is a file of ciphertext, and the life of what is in it.
type Sealed struct {
	Cluster, File string
	Life          Life
}

func sealedLife() Check {
	return Check{ID: "CHECK030", Severity: mesh.SeverityWarning, Scope: ScopeMesh,
		Title: "What is sealed does not end soon",
		Why: "Where ciphertext is applied out of git nobody meets the credential in it any more, and nobody notices that it ends. " +
			"Then a control plane loses a peer, or a cluster the certificate that it signs with. The annotations tell the end; whether " +
			"they are true kubectl mesh validate --identity proves.",
		Remedy: "Make the credential anew, seal it, render, and commit: kubectl mesh credentials rotate or kubectl mesh ca rotate, then kubectl mesh seal.",
		run: func(s subject) []outcome {
			if len(s.Sealed) == 0 {
				return nil
			}
			var found []outcome
			for _, sealed := range s.Sealed {
				if warning := sealed.Life.warning(s.Now); warning != "" {
					found = append(found, outcome{status: StatusWarning, reason: sealed.File + ": " + warning, remedy: "make it anew, then kubectl mesh seal --cluster " + sealed.Cluster})
				}
			}
			if found == nil {
				return ok()
			}
			return found
		}}
}

package check

import "github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"

// Sealed is a sealed file, and the validity of its content.
type Sealed struct {
	Cluster, File string
	Life          Validity
}

func sealedLife() Check {
	return Check{
		ID:       "CHECK030",
		Severity: mesh.SeverityWarning,
		Scope:    ScopeMesh,
		Title:    "Sealed credentials do not expire soon",
		Why: "If ciphertext is applied from Git, nothing reads the credential in it, and its expiry goes unnoticed. " +
			"A control plane then loses a peer, or a cluster its signing certificate. The annotations contain the expiry; " +
			"kubectl mesh validate --identity verifies them.",
		Remedy: "Rotate the credential, seal it, render, and commit: kubectl mesh credentials rotate or kubectl mesh ca " +
			"rotate, then kubectl mesh seal.",
		run: func(s subject) []outcome {
			if len(s.Sealed) == 0 {
				return nil
			}
			var found []outcome
			for _, sealed := range s.Sealed {
				if warning := sealed.Life.warning(s.Now); warning != "" {
					found = append(found, outcome{
						status: StatusWarning,
						reason: sealed.File + ": " + warning,
						remedy: "rotate it, then: kubectl mesh seal --cluster " + sealed.Cluster,
					})
				}
			}
			if found == nil {
				return ok()
			}
			return found
		},
	}
}

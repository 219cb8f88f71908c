package rules

import (
	"bytes"
	"fmt"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/sealedsecret"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

// Sealed describes an object that a cluster should get as ciphertext, or another file in its directory.
type Sealed struct {
	Cluster, File string
	// Signing is set for the signing certificate of the cluster's istiod.
	Signing bool
	// Missing is set if the file does not exist.
	Missing bool
	// Orphaned is set if no object of the mesh belongs to the file.
	Orphaned bool
	// Problem explains why the file cannot be rendered; empty if it can.
	Problem string
	// Outdated describes how the file differs from mesh.yaml; empty if it does not.
	Outdated string
}

func endedController() Rule {
	return Rule{
		ID:       "MESH036",
		Severity: mesh.SeverityWarning,
		partial:  true,
		Title:    "The certificate of a SealedSecrets controller has expired",
		Why: "A controller generates a new key every 30 days, and keeps the old ones, so it still decrypts files sealed " +
			"with this certificate. But keys are renewed because they may be compromised, and new ciphertext stays in Git " +
			"forever.",
		Remedy: "Get the current certificate with kubeseal --fetch-cert, compare its fingerprint with the cluster owner, " +
			"set it in mesh.yaml, and run kubectl mesh seal.",
		find: func(in Input) []finding {
			if in.Now.IsZero() {
				return nil
			}
			var found []finding
			wide := finding{field: "spec.sealing.sealedSecrets.certificate"} // clusters with the mesh's setting
			for i, cluster := range in.Mesh.Spec.Clusters {
				data := cluster.Sealing.SealedSecrets.CertificateData
				certificate, err := sealedsecret.ParseCertificate(data)
				if cluster.Sealing.Format != v1alpha1.SealingSealedSecrets || err != nil || !in.Now.After(certificate.NotAfter) {
					continue
				}
				message := "the controller's certificate expired on " + certificate.NotAfter.UTC().Format(time.DateOnly)
				hint := "get the current one: kubeseal --fetch-cert"
				if bytes.Equal(data, in.Mesh.Spec.Sealing.SealedSecrets.CertificateData) {
					wide.message, wide.hint, wide.clusters = message, hint, append(wide.clusters, cluster.Name)
					continue
				}
				found = append(found, finding{clusters: []string{cluster.Name}, message: message, hint: hint,
					field: fmt.Sprintf("spec.clusters[%d].sealing.sealedSecrets.certificate", i)})
			}
			if wide.message != "" {
				found = append(found, wide)
			}
			return found
		},
	}
}

func unsealed() Rule {
	return Rule{
		ID:       "MESH037",
		Severity: mesh.SeverityWarning,
		partial:  true,
		Title:    "A sealed file is missing or does not match mesh.yaml",
		Why: "Rendering does not encrypt: the reviewed tree contains the ciphertext from sealed/. If a file is missing, " +
			"the object is held back, and its previously rendered copy stays in the tree. If a file is older than " +
			"mesh.yaml, it points at another server, contains other certificates, or can be decrypted by former recipients.",
		Remedy: "Seal it at the site that has the credentials: kubectl mesh seal --cluster NAME.",
		find: func(in Input) []finding {
			var found []finding
			for _, sealed := range in.Sealed {
				message := ""
				switch {
				case sealed.Problem != "" || sealed.Orphaned:
					continue
				case sealed.Missing:
					message = "is missing, so the object is held back for " + sealed.Cluster
				case sealed.Outdated != "":
					message = "does not match mesh.yaml: " + sealed.Outdated
				default:
					continue
				}
				found = append(found, finding{clusters: []string{sealed.Cluster}, file: sealed.File, message: message,
					hint: "kubectl mesh seal --cluster " + sealed.Cluster})
			}
			return found
		},
	}
}

func brokenSeal() Rule {
	return Rule{
		ID:       "MESH038",
		Severity: mesh.SeverityError,
		Firm:     true,
		partial:  true,
		Title:    "A sealed file is not encrypted, or is another object",
		Why: "Files in sealed/ are committed and rendered. A plain Secret there would publish its credential, and an " +
			"object of another kind, name or namespace, or a field, label, annotation or recipient that kubectl mesh seal " +
			"does not write, would be applied unverified. Only the known fields are accepted and rendered, in their exact " +
			"letter case.",
		Remedy: "Remove the file, treat its content as compromised if it was not encrypted, and seal again: kubectl mesh " +
			"seal --cluster NAME.",
		find: func(in Input) []finding {
			var found []finding
			for _, sealed := range in.Sealed {
				if sealed.Problem != "" {
					found = append(found, finding{clusters: []string{sealed.Cluster}, file: sealed.File, message: sealed.Problem,
						hint: "remove the file, and seal again: kubectl mesh seal --cluster " + sealed.Cluster})
				}
			}
			return found
		},
	}
}

func orphanedCiphertext() Rule {
	return Rule{
		ID: "MESH039", Severity: mesh.SeverityWarning, partial: true,
		Title: "A sealed file is orphaned",
		Why: "Its link or cluster was removed, or the cluster no longer has sealing. The file is not " +
			"rendered. Its credential works until it is revoked.",
		Remedy: "Remove the file, and revoke the credential: delete its Secret or the reader's bindings in the target.",
		find: func(in Input) []finding {
			var found []finding
			for _, sealed := range in.Sealed {
				if sealed.Orphaned {
					found = append(found, finding{clusters: []string{sealed.Cluster}, file: sealed.File,
						message: "belongs to no object of " + sealed.Cluster + ", and is not rendered",
						hint:    "git rm -- " + shell.Name(sealed.File)})
				}
			}
			return found
		},
	}
}

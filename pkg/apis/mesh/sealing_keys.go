package mesh

import (
	"errors"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/sealedsecret"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/sops"
)

// maxKeyProblems bounds the problems that are reported for one list of keys.
const maxKeyProblems = 100

// validateSealingKeys validates the public keys that credentials are sealed to, of the mesh and of each cluster.
func validateSealingKeys(mesh *v1alpha1.Mesh) []v1alpha1.Problem {
	spec := field.NewPath("spec")
	wrong := validateKeys(spec.Child("sealing"), mesh.Spec.Sealing)
	for i := range mesh.Spec.Clusters {
		at := spec.Child("clusters").Index(i).Child("sealing")
		wrong = append(wrong, validateKeys(at, mesh.Spec.Clusters[i].Sealing)...)
	}
	for i := range mesh.Spec.Sites {
		at := spec.Child("sites").Index(i).Child("recipients")
		wrong = append(wrong, validateRecipients(at, mesh.Spec.Sites[i].Recipients)...)
	}
	return wrong
}

func validateKeys(path *field.Path, sealing v1alpha1.Sealing) []v1alpha1.Problem {
	wrong := validateRecipients(path.Child("age", "recipients"), sealing.Age.Recipients)
	return append(wrong, validateCertificate(path.Child("sealedSecrets"), sealing.SealedSecrets)...)
}

func validateRecipients(path *field.Path, recipients []string) []v1alpha1.Problem {
	var wrong []v1alpha1.Problem
	for i, text := range recipients {
		if len(wrong) > maxKeyProblems {
			break
		}
		wrong = append(wrong, validateRecipient(path.Index(i), text)...)
	}
	return wrong
}

func validateRecipient(path *field.Path, text string) []v1alpha1.Problem {
	_, err := sops.ParseRecipient(text)
	if err == nil {
		return nil
	}
	detail := "must be an age public key: " + err.Error()
	if errors.Is(err, sops.ErrSecret) {
		return []v1alpha1.Problem{{Error: field.Invalid(path, field.OmitValueType{}, detail),
			Remedy: "remove it from the file and from Git's history; generate another one with age-keygen"}}
	}
	return []v1alpha1.Problem{{
		Error:  field.Invalid(path, text, detail),
		Remedy: "use the output of age-keygen -y: age1... or age1pq1...",
	}}
}

// validateCertificate: the fingerprint pins a controller's certificate.
func validateCertificate(path *field.Path, controller v1alpha1.SealedSecretsSealing) []v1alpha1.Problem {
	if controller.Certificate != "" || len(controller.CertificateData) == 0 {
		return nil
	}
	certificate, err := sealedsecret.ParseCertificate(controller.CertificateData)
	if err != nil {
		return []v1alpha1.Problem{{Error: field.Invalid(path.Child("certificateData"), field.OmitValueType{}, err.Error()),
			Remedy: "use the output of kubeseal --fetch-cert"}}
	}
	pin, have := path.Child("certificateSHA256"), sealedsecret.Fingerprint(certificate)
	switch {
	case controller.CertificateSHA256 == "":
		return []v1alpha1.Problem{{Error: field.Required(pin, "set it"),
			Remedy: "compare it with the cluster owner, then set certificateSHA256: " + have}}
	case !sealedsecret.SameFingerprint(controller.CertificateSHA256, have):
		return []v1alpha1.Problem{{
			Error:  field.Invalid(pin, controller.CertificateSHA256, "must be the SHA-256 of the certificate, which is "+have),
			Remedy: "find out which of the two was changed, and by whom, before sealing for it",
		}}
	}
	return nil
}

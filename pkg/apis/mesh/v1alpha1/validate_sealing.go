package v1alpha1

import (
	"cmp"
	"slices"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// validateSealing validates what requires no cryptography: package mesh parses the keys.
func validateSealing(path *field.Path, sealing Sealing) []Problem {
	errs := validateEnum(path.Child("format"), sealing.Format, SealingNone, SealingSOPS, SealingSealedSecrets)
	return append(errs, validateController(path.Child("sealedSecrets"), sealing.SealedSecrets)...)
}

// validateController: certificate and fingerprint are set together. An unreadable file is already reported.
func validateController(path *field.Path, controller SealedSecretsSealing) []Problem {
	switch {
	case controller.Certificate != "" && len(controller.CertificateData) > 0:
		return []Problem{forbidden(path.Child("certificateData"), "certificate is also set", "remove one of the two")}
	case controller.Certificate == "" && len(controller.CertificateData) == 0 && controller.CertificateSHA256 != "":
		return []Problem{required(path.Child("certificate"),
			"set the path of the certificate: kubeseal --fetch-cert >clusters/east-sealing.crt")}
	}
	return nil
}

// validateSealed: a cluster with sealing has a recipient who can decrypt. What all clusters lack is reported once,
// for the mesh.
func validateSealed(path *field.Path, spec *MeshSpec) []Problem {
	var errs []Problem
	for i, cluster := range spec.Clusters {
		errs = append(errs, missingKeys(path.Child("clusters").Index(i), cluster.Sealing, spec.Sealing)...)
	}
	if wide := missingKeys(path, Sealing{}, spec.Sealing); len(wide) > 0 && len(errs) == len(spec.Clusters) {
		return wide
	}
	return errs
}

func missingKeys(path *field.Path, sealing, from Sealing) []Problem {
	inheritSealing(&sealing, from)
	path = path.Child("sealing")
	switch controller := sealing.SealedSecrets; {
	case sealing.Format == SealingSOPS && len(sealing.Age.Recipients) == 0:
		return []Problem{required(path.Child("age", "recipients"),
			"list the public keys of a recovery key, generated with age-keygen, and of each cluster")}
	case sealing.Format == SealingSealedSecrets && controller.Certificate == "" && len(controller.CertificateData) == 0:
		return []Problem{required(path.Child("sealedSecrets", "certificate"),
			"set the path of the controller's certificate: kubeseal --fetch-cert >clusters/east-sealing.crt")}
	}
	return nil
}

func defaultSealing(sealing *Sealing) { sealing.Format = cmp.Or(sealing.Format, SealingNone) }

// inheritSealing merges the recipients, because those of the mesh can always decrypt.
func inheritSealing(sealing *Sealing, from Sealing) {
	sealing.Format = cmp.Or(sealing.Format, from.Format)
	recipients := slices.Concat(from.Age.Recipients, sealing.Age.Recipients)
	slices.Sort(recipients)
	sealing.Age.Recipients = slices.Compact(recipients)
	own := sealing.SealedSecrets
	if own.Certificate == "" && len(own.CertificateData) == 0 && own.CertificateSHA256 == "" {
		sealing.SealedSecrets = from.SealedSecrets
	}
	defaultSealing(sealing)
}

package mesh

import (
	"io/fs"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// readControllers replaces the path of each controller certificate with its content. Validate checks the certificate
// itself.
func readControllers(mesh *v1alpha1.Mesh, files fs.FS) []Problem {
	const remedy = "set the path of the output of kubeseal --fetch-cert, in the directory of mesh.yaml, " +
		"such as clusters/east-sealing.crt"
	var wrong []v1alpha1.Problem
	read := func(path *field.Path, controller *v1alpha1.SealedSecretsSealing) {
		if controller.Certificate == "" || len(controller.CertificateData) > 0 {
			return
		}
		text, err := readInside(files, controller.Certificate)
		if err == nil {
			text, err = Certificates(text)
		}
		if err != nil {
			at := path.Child("sealedSecrets", "certificate")
			wrong = append(wrong, v1alpha1.Problem{
				Error:  field.Invalid(at, controller.Certificate, err.Error()),
				Remedy: remedyOf(err, remedy),
			})
			return
		}
		controller.Certificate, controller.CertificateData = "", text
	}
	spec := field.NewPath("spec")
	read(spec.Child("sealing"), &mesh.Spec.Sealing.SealedSecrets)
	for i := range mesh.Spec.Clusters {
		read(spec.Child("clusters").Index(i).Child("sealing"), &mesh.Spec.Clusters[i].Sealing.SealedSecrets)
	}
	return structural(wrong...)
}

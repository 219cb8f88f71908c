package v1alpha1

import (
	"regexp"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/printable"
)

// ValidateFacts validates the structure of a facts file on its own. Validate checks it together with the mesh.
func ValidateFacts(facts *ClusterFacts) []Problem {
	errs := validateLabel(field.NewPath("metadata", "name"), facts.Metadata.Name, "east")
	spec, path := facts.Spec.cluster(), field.NewPath("spec")
	if facts.Spec.GKE != nil && facts.Spec.GKE.Endpoint != "" {
		errs = append(errs, forbidden(path.Child("gke", "endpoint"), "a facts file cannot choose the endpoint that peers use",
			"set it in mesh.yaml"))
	}
	return append(errs, validateClusterSpec(path, &spec)...)
}

// validateKubernetesVersion accepts suffixes of Kubernetes distributions: v1.30.5-gke.1014001, v1.29.8+f10c92d.
func validateKubernetesVersion(path *field.Path, version string) []Problem {
	const pattern = `^v?[0-9]{1,3}(\.[0-9]{1,4}){1,2}([-+.][0-9A-Za-z.+-]{1,64})?$`
	if version == "" || regexp.MustCompile(pattern).MatchString(version) {
		return nil
	}
	return []Problem{invalid(path, version, "must be a version of Kubernetes", "use a form such as v1.36.3")}
}

func validateInstalled(path *field.Path, installed *Installed) []Problem {
	if installed == nil {
		return nil
	}
	errs := validateID(path.Child("meshID"), installed.MeshID)
	errs = append(errs, validateID(path.Child("clusterID"), installed.ClusterID)...)
	for i, fingerprint := range installed.RootSHA256 {
		if !regexp.MustCompile(`^[0-9a-f]{64}$`).MatchString(fingerprint) {
			errs = append(errs, invalid(path.Child("rootSHA256").Index(i), fingerprint,
				"must be a SHA-256 in 64 lower-case hexadecimal digits",
				"read it from the cluster: kubectl mesh collect"))
		}
	}
	return errs
}

// validateID accepts what Istio accepts: an installed ID can violate the rules for names in mesh.yaml, and the
// finding needs its value.
func validateID(path *field.Path, id string) []Problem {
	if len(id) <= 253 && printable.Text(id) {
		return nil
	}
	return []Problem{invalid(path, id,
		"must be one line of at most 253 characters", "read it from the cluster: kubectl mesh collect")}
}

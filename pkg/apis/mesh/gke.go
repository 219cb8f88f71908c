package mesh

import (
	"cmp"
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// DeclaredGKE returns the GKE cluster that mesh.yaml declares, with gke or with a context named by gcloud
// (gke_PROJECT_LOCATION_NAME). False if there is none.
func DeclaredGKE(declared *v1alpha1.Cluster) (v1alpha1.GKE, bool) {
	if gke := declared.GKE; gke != nil && gke.Project != "" && gke.Location != "" {
		return v1alpha1.GKE{Project: gke.Project, Location: gke.Location, Cluster: cmp.Or(gke.Cluster, declared.Name)}, true
	}
	if parts := strings.Split(declared.Context, "_"); len(parts) == 4 && parts[0] == "gke" {
		return v1alpha1.GKE{Project: parts[1], Location: parts[2], Cluster: parts[3]}, true
	}
	return v1alpha1.GKE{}, false
}

// DeclareGKE returns the edit of mesh.yaml that declares a GKE cluster.
func DeclareGKE(name string, found v1alpha1.GKE) string {
	entry := fmt.Sprintf("gke: {project: %s, location: %s",
		cmp.Or(found.Project, "PROJECT"), cmp.Or(found.Location, "LOCATION"))
	if found.Cluster != "" && found.Cluster != name {
		entry += ", cluster: " + found.Cluster
	}
	return "if it is the right one, set in mesh.yaml, in the entry of " + name + ": " + entry + "}"
}

// validateFoundGKE rejects facts of a GKE cluster other than the declared one.
func validateFoundGKE(declared *v1alpha1.Cluster, found *v1alpha1.GKE) []v1alpha1.Problem {
	if found == nil {
		return nil
	}
	path := field.NewPath("spec", "gke")
	want, known := DeclaredGKE(declared)
	if !known {
		return []v1alpha1.Problem{{Error: field.Forbidden(path, "mesh.yaml does not identify the GKE cluster"),
			Remedy: DeclareGKE(declared.Name, *found)}}
	}
	var wrong []v1alpha1.Problem
	for _, name := range []struct{ field, found, want string }{
		{field: "project", found: found.Project, want: want.Project},
		{field: "location", found: found.Location, want: want.Location},
		{field: "cluster", found: found.Cluster, want: want.Cluster},
	} {
		if name.found != "" && name.found != name.want {
			wrong = append(wrong, v1alpha1.Problem{
				Error:  field.Invalid(path.Child(name.field), name.found, "mesh.yaml sets "+name.want),
				Remedy: "import the facts of that cluster, or correct mesh.yaml",
			})
		}
	}
	return wrong
}

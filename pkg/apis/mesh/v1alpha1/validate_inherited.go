package v1alpha1

import (
	"cmp"
	"slices"

	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// validateInherited validates a cluster together with what it inherits. A problem that every cluster inherits is
// reported once, for the mesh.
func validateInherited(path *field.Path, spec *MeshSpec) []Problem {
	errs := validateManaged(path, spec)
	errs = append(errs, validateSealed(path, spec)...)
	return append(errs, validateGKENames(path.Child("clusters"), spec.Clusters)...)
}

func validateManaged(path *field.Path, spec *MeshSpec) []Problem {
	var errs []Problem
	wrong := func(istio Istio) bool {
		inheritIstio(&istio, spec.Istio)
		return istio.Managed != nil && *istio.Managed && cmp.Or(istio.Distribution, DistributionIstio) != DistributionCSM
	}
	report := func(path *field.Path) {
		errs = append(errs, forbidden(path.Child("istio", "managed"), "only distribution csm has a managed control plane",
			"set distribution: csm, or managed: false"))
	}
	says := func(c Cluster) bool { return c.Istio.Managed != nil || c.Istio.Distribution != "" }
	if slices.ContainsFunc(spec.Clusters, func(c Cluster) bool { return !says(c) }) && wrong(Istio{}) {
		report(path)
	}
	for i, cluster := range spec.Clusters {
		if says(cluster) && wrong(cluster.Istio) {
			report(path.Child("clusters").Index(i))
		}
	}
	return errs
}

// validateGKENames: a cluster has the same name in GKE if GKE allows it.
func validateGKENames(path *field.Path, clusters []Cluster) []Problem {
	var errs []Problem
	for i, cluster := range clusters {
		if cluster.GKE == nil || cluster.GKE.Cluster != "" || isGKECluster(cluster.Name) {
			continue
		}
		if len(validation.IsDNS1123Label(cluster.Name)) > 0 {
			continue
		}
		errs = append(errs, required(path.Index(i).Child("gke", "cluster"),
			"set its name in GKE: no cluster there has the name "+cluster.Name))
	}
	return errs
}

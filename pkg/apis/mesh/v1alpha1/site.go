package v1alpha1

import (
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// Site can reach some of the clusters and signs exchange files for them.
type Site struct {
	// Name of the site, and principal of its SSH keys in trust/allowed_signers.
	// +required
	Name string `json:"name"`
	// Clusters that the site speaks for. A cluster belongs to at most one site. Leave it empty for
	// a site that only keeps the root key.
	Clusters []string `json:"clusters,omitempty"`
	// Recipients are age public keys: X25519 (age1...) or post-quantum (age1pq1...). In exchange
	// files, tokens for the control planes of the site are encrypted to them. Defaults to the
	// sealing recipients of the cluster that uses the token.
	Recipients []string `json:"recipients,omitempty"`
}

// SiteOf returns the site that speaks for a cluster; false if there is none.
func (s MeshSpec) SiteOf(cluster string) (Site, bool) {
	for _, site := range s.Sites {
		if site.SpeaksFor(cluster) {
			return site, true
		}
	}
	return Site{}, false
}

// Site finds a site by name.
func (s MeshSpec) Site(name string) (Site, bool) {
	for _, site := range s.Sites {
		if site.Name == name {
			return site, true
		}
	}
	return Site{}, false
}

// SpeaksFor reports whether a cluster belongs to the site.
func (s Site) SpeaksFor(cluster string) bool { return slices.Contains(s.Clusters, cluster) }

func validateSites(path *field.Path, sites []Site, clusters *roster) []Problem {
	var errs []Problem
	seen, owner := map[string]bool{}, map[string]string{}
	for i, site := range sites {
		if len(errs) > maxErrors {
			break
		}
		at := path.Index(i)
		switch {
		case site.Name == "":
			errs = append(errs, required(at.Child("name"), "write a name such as north"))
		case len(validation.IsDNS1123Label(site.Name)) > 0:
			errs = append(errs, invalid(at.Child("name"), site.Name,
				"must be a DNS label, as a principal of trust/allowed_signers", "use a-z, 0-9 and '-', such as north"))
		case seen[site.Name]:
			errs = append(errs, duplicate(at.Child("name"), site.Name, "already used by another site", "rename one of the two"))
		}
		seen[site.Name] = true
		for j, name := range site.Clusters {
			reference := at.Child("clusters").Index(j)
			errs = append(errs, clusters.validate(reference, name)...)
			if other, taken := owner[name]; taken {
				errs = append(errs, duplicate(reference, name,
					fmt.Sprintf("site %s already speaks for it", other), "leave it to one site"))
			}
			owner[name] = site.Name
		}
	}
	return errs
}

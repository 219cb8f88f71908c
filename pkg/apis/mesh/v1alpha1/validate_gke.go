package v1alpha1

import (
	"regexp"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

func validateGKE(path *field.Path, gke *GKE) field.ErrorList {
	if gke == nil {
		return nil
	}
	var errs field.ErrorList
	match := func(at *field.Path, value string, fits func(string) bool, what, example string, must bool) {
		switch {
		case value == "" && must:
			errs = append(errs, required(at, "write "+what+" such as "+example))
		case value != "" && !fits(value):
			errs = append(errs, invalid(at, value, "must be "+what, "write it as in "+example))
		}
	}
	match(path.Child("project"), gke.Project, isProject, "a project ID", "acme-prod", true)
	match(path.Child("networkProject"), gke.NetworkProject, isProject, "a project ID", "acme-network", false)
	match(path.Child("location"), gke.Location, isLocation, "a region or a zone", "us-east1", true)
	match(path.Child("cluster"), gke.Cluster, isGKECluster, "a name of a GKE cluster", "east", false)
	match(path.Child("vpc"), gke.VPC, isGoogleName, "the name of a network", "default", false)
	match(path.Child("subnet"), gke.Subnet, isGoogleName, "the name of a subnet", "default", false)
	for i, tag := range gke.NodeTags {
		if len(errs) > maxErrors {
			break
		}
		match(path.Child("nodeTags").Index(i), tag, isGoogleName, "a network tag", "gke-east-1a2b3c4d-node", true)
	}
	errs = append(errs, validateEnum(path.Child("endpoint"), gke.Endpoint, EndpointPublic, EndpointPrivate, EndpointDNS)...)
	if gke.MasterCIDR != "" {
		errs = append(errs, validateCIDR(path.Child("masterCIDR"), gke.MasterCIDR)...)
	}
	return append(errs, validateCIDRs(path.Child("authorizedNetworks"), gke.AuthorizedNetworks)...)
}

// isProject takes project IDs, which may have a domain: example.com:project. New ones have six
// characters at least; old ones, and examples, may be shorter.
func isProject(id string) bool {
	if domain, project, ok := strings.Cut(id, ":"); ok {
		return only(domain, "-.") && domain[0] != '-' && domain[0] != '.' && isProject(project) && !strings.Contains(project, ":")
	}
	return len(id) <= 30 && isGoogleName(id)
}

func isLocation(location string) bool {
	return regexp.MustCompile(`^[a-z]+-[a-z]+[0-9]{1,2}(-[a-z])?$`).MatchString(location)
}

func isGKECluster(name string) bool { return len(name) <= 40 && isGoogleName(name) }

// isGoogleName takes the names of Google's resources (RFC 1035). Every cluster has several,
// and to compile a pattern takes far longer than this.
func isGoogleName(name string) bool {
	return only(name, "-") && len(name) <= 63 && name[0] >= 'a' && name[len(name)-1] != '-'
}

// only tells whether a text is not empty and has nothing but lower-case letters, digits and
// the characters of others.
func only(text, others string) bool {
	return text != "" && !strings.ContainsFunc(text, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && !strings.ContainsRune(others, r)
	})
}

package v1alpha1

import (
	"net/netip"
	"regexp"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

func validateGKE(path *field.Path, gke *GKE) []Problem {
	if gke == nil {
		return nil
	}
	var errs []Problem
	match := func(at *field.Path, value string, fits func(string) bool, what, example string, must bool) {
		switch {
		case value == "" && must:
			errs = append(errs, required(at, "write "+what+" such as "+example))
		case value != "" && !fits(value):
			errs = append(errs, invalid(at, value, "must be "+what, "use a form such as "+example))
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
	errs = append(errs, validateEnum(path.Child("endpoint"), gke.Endpoint,
		EndpointPublic, EndpointPrivate, EndpointDNS)...)
	if gke.MasterCIDR != "" {
		errs = append(errs, validateMasterCIDR(path.Child("masterCIDR"), gke.MasterCIDR)...)
	}
	errs = append(errs, validateCIDRs(path.Child("authorizedNetworks"), gke.AuthorizedNetworks)...)
	if gke.AuthorizedNetworksEnabled != nil && !*gke.AuthorizedNetworksEnabled && len(gke.AuthorizedNetworks) > 0 {
		errs = append(errs, forbidden(path.Child("authorizedNetworksEnabled"), "authorizedNetworks lists some",
			"remove one of the two: without authorized networks the list is empty"))
	}
	errs = append(errs, validateEndpoints(path, gke)...)
	match(path.Child("workloadPool"), gke.WorkloadPool, isWorkloadPool,
		"an identity pool of a project", "acme-prod.svc.id.goog", false)
	return append(errs, validateMembership(path.Child("membership"), gke.Membership)...)
}

// validateEndpoints: the address that gke.endpoint selects must be set.
func validateEndpoints(path *field.Path, gke *GKE) []Problem {
	var errs []Problem
	for _, endpoint := range []struct{ name, address string }{
		{name: "public", address: gke.Endpoints.Public}, {name: "private", address: gke.Endpoints.Private},
	} {
		if endpoint.address == "" {
			continue
		}
		if _, err := netip.ParseAddr(endpoint.address); err != nil || strings.Contains(endpoint.address, "%") {
			errs = append(errs, invalid(path.Child("endpoints", endpoint.name), endpoint.address, "must be an IP address",
				"omit scheme and port, such as 203.0.113.10"))
		}
	}
	if dns := gke.Endpoints.DNS; dns != "" && (len(validation.IsDNS1123Subdomain(dns)) > 0 || isAddress(dns)) {
		errs = append(errs, invalid(path.Child("endpoints", "dns"), dns, "must be a DNS name",
			"omit scheme and port, such as gke-0123456789ab-123456789012.us-east1.gke.goog"))
	}
	return errs
}

func isAddress(text string) bool {
	_, err := netip.ParseAddr(text)
	return err == nil
}

func validateFleet(path *field.Path, fleet Fleet) []Problem {
	return validateProject(path, fleet.Project, fleet.ProjectNumber)
}

func validateMembership(path *field.Path, membership *Membership) []Problem {
	if membership == nil {
		return nil
	}
	errs := validateProject(path, membership.Project, membership.ProjectNumber)
	if membership.Name != "" {
		errs = append(errs, validateLabel(path.Child("name"), membership.Name, "east")...)
	}
	if location := membership.Location; location != "" && location != "global" && !isLocation(location) {
		errs = append(errs, invalid(path.Child("location"), location,
			"must be a region, or global", "use a form such as us-east1"))
	}
	return errs
}

func validateProject(path *field.Path, project, number string) []Problem {
	var errs []Problem
	if project != "" && !isProject(project) {
		errs = append(errs, invalid(path.Child("project"), project, "must be a project ID", "use a form such as acme-prod"))
	}
	if number != "" && !isProjectNumber(number) {
		errs = append(errs, invalid(path.Child("projectNumber"), number,
			"must be a project number", `use its digits, in quotes: "123456789012"`))
	}
	return errs
}

// isProjectNumber accepts the 64 bits of a project number.
func isProjectNumber(number string) bool {
	value, err := strconv.ParseInt(number, 10, 64)
	return err == nil && value > 0 && strconv.FormatInt(value, 10) == number
}

// isWorkloadPool accepts valid trust domains.
func isWorkloadPool(pool string) bool {
	project, ok := strings.CutSuffix(pool, workloadPoolSuffix)
	return ok && isGoogleName(strings.ReplaceAll(project, ".", "-")) && len(validateTrustDomain(nil, pool)) == 0
}

// validateMasterCIDR: a GKE control plane has IPv4 addresses (masterIpv4CidrBlock) in a range of at least /28. A rule
// for a part of the range would not allow all of them.
func validateMasterCIDR(path *field.Path, cidr string) []Problem {
	errs := validateCIDR(path, cidr)
	prefix, err := netip.ParsePrefix(cidr)
	switch {
	case err != nil || len(errs) > 0:
		return errs
	case !prefix.Addr().Is4():
		return []Problem{invalid(path, cidr, "must be a range of IPv4 addresses", "use a form such as 172.16.0.0/28")}
	case prefix.Bits() > 28:
		whole, _ := prefix.Addr().Prefix(28)
		return []Problem{invalid(path, cidr, "must not be narrower than /28, which GKE gives every control plane", "write "+
			whole.String()+" if that is the range that gcloud container clusters describe prints as masterIpv4CidrBlock")}
	}
	return nil
}

// isProject accepts project IDs, optionally with a domain: example.com:project. New ones have at least six
// characters; old ones, and examples, can be shorter.
func isProject(id string) bool {
	if domain, project, ok := strings.Cut(id, ":"); ok {
		return only(domain, "-.") && domain[0] != '-' && domain[0] != '.' &&
			isProject(project) && !strings.Contains(project, ":")
	}
	return len(id) <= 30 && isGoogleName(id)
}

func isLocation(location string) bool {
	return regexp.MustCompile(`^[a-z]+-[a-z]+[0-9]{1,2}(-[a-z])?$`).MatchString(location)
}

func isGKECluster(name string) bool { return len(name) <= 40 && isGoogleName(name) }

// isGoogleName accepts names of Google Cloud resources (RFC 1035). It uses no regular expression, because compiling
// one for each of many names is slow.
func isGoogleName(name string) bool {
	return only(name, "-") && len(name) <= 63 && name[0] >= 'a' && name[len(name)-1] != '-'
}

// only reports whether a text is not empty and consists of lower-case letters, digits and the characters in others.
func only(text, others string) bool {
	return text != "" && !strings.ContainsFunc(text, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && !strings.ContainsRune(others, r)
	})
}

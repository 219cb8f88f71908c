package facts

import (
	"encoding/base64"
	"net/netip"
	"slices"
	"strconv"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/gke"
)

// factList collects facts in the order of the fields in a file.
type factList struct{ facts []Fact }

// report adds a value that a dump may lack, in which case the file's is kept.
func (l *factList) report(field, value string) {
	if value != "" {
		l.facts = append(l.facts, Fact{Field: field, Values: []string{value}})
	}
}

// settled adds a value that a dump determines, including its absence.
func (l *factList) settled(field, value string) {
	if l.report(field, value); value == "" {
		l.facts = append(l.facts, Fact{Field: field})
	}
}

func (l *factList) settledList(field string, values []string) {
	l.facts = append(l.facts, Fact{Field: field, Values: values, List: true})
}

// truth adds a field whose default is false.
func (l *factList) truth(field string, value bool) {
	if !value {
		l.facts = append(l.facts, Fact{Field: field})
		return
	}
	l.decision(field, &value)
}

// decision adds a field that distinguishes false from unknown.
func (l *factList) decision(field string, value *bool) {
	if value != nil {
		l.facts = append(l.facts, Fact{Field: field, Values: []string{strconv.FormatBool(*value)}, Truth: true})
	}
}

// GKE lists the facts in a dump of a cluster. It keeps the control plane's range and the node tags, which a person may
// have written because no dump has them.
func GKE(reported gke.Facts, have []string) []Fact {
	spec, g := reported.Spec, reported.Spec.GKE
	var l factList
	l.report("kubernetesVersion", spec.KubernetesVersion)
	podCIDRs := spec.PodCIDRs
	if reported.PodRangesOpen {
		podCIDRs = withRanges(podCIDRs, have)
	}
	if len(podCIDRs) > 0 {
		l.settledList("podCIDRs", podCIDRs)
	}
	l.report("istio.revision", spec.Istio.Revision)
	l.report("platform", string(spec.Platform))
	l.report("api.certificateAuthorityData", base64.StdEncoding.EncodeToString(spec.API.CertificateAuthorityData))
	l.report("gke.project", g.Project)
	l.report("gke.location", g.Location)
	l.report("gke.cluster", g.Cluster)
	l.report("gke.networkProject", g.NetworkProject)
	l.report("gke.vpc", g.VPC)
	l.report("gke.subnet", g.Subnet)
	if len(g.NodeTags) > 0 {
		l.settledList("gke.nodeTags", g.NodeTags)
	}
	l.truth("gke.private", g.Private)
	l.truth("gke.autopilot", g.Autopilot)
	l.settled("gke.endpoints.public", g.Endpoints.Public)
	l.settled("gke.endpoints.private", g.Endpoints.Private)
	l.settled("gke.endpoints.dns", g.Endpoints.DNS)
	l.truth("gke.globalAccess", g.GlobalAccess)
	l.truth("gke.tokensViaDNS", g.TokensViaDNS)
	l.report("gke.masterCIDR", g.MasterCIDR)
	l.settledList("gke.authorizedNetworks", g.AuthorizedNetworks)
	l.decision("gke.authorizedNetworksEnabled", g.AuthorizedNetworksEnabled)
	l.decision("gke.authorizedNetworksOnPrivateEndpoint", g.AuthorizedNetworksOnPrivateEndpoint)
	l.decision("gke.googleCloudAccess", g.GoogleCloudAccess)
	l.settled("gke.workloadPool", g.WorkloadPool)
	l.membership(g.Membership)
	return l.facts
}

// A dump with the project's number lacks its ID.
func (l *factList) membership(membership *v1alpha1.Membership) {
	if membership == nil {
		for _, field := range []string{"project", "projectNumber", "name", "location"} {
			l.settled("gke.membership."+field, "")
		}
		return
	}
	l.report("gke.membership.project", membership.Project)
	l.report("gke.membership.projectNumber", membership.ProjectNumber)
	l.report("gke.membership.name", membership.Name)
	l.report("gke.membership.location", membership.Location)
}

// withRanges adds ranges in a file that a dump cannot contain.
func withRanges(ranges, have []string) []string {
	for _, cidr := range have {
		if _, err := netip.ParsePrefix(cidr); err == nil && !holds(ranges, cidr) {
			ranges = append(ranges[:len(ranges):len(ranges)], cidr)
		}
	}
	slices.Sort(ranges)
	return ranges
}

package firewall_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/firewall"
)

// TestAccess: a reads b, by the conditions of Google's guide.
func TestAccess(t *testing.T) {
	const mesh = `{links: [{from: [a], to: [b]}], clusters: [
		{name: a, %s},
		{name: b, api: {server: "%s"}, gke: {project: acme, location: us-west1, subnet: s, %s}}]}`
	const (
		near  = `podCIDRs: [10.1.0.0/16, "2001:db8::/48"], egressCIDRs: [203.0.113.1/32], gke: {project: acme, location: us-west1-a, subnet: s}`
		apart = `podCIDRs: [10.1.0.0/16], gke: {project: acme, location: us-west1, subnet: other}`
		far   = `podCIDRs: [10.1.0.0/16], gke: {project: acme, location: us-east1, subnet: s}`
		there = `podCIDRs: [10.1.0.0/16], egressCIDRs: [203.0.113.1/32], platform: eks`
	)
	for name, test := range map[string]struct {
		reader, server, gke string
		networks            []string
		global              bool
		reasons             []string
	}{
		"one subnet": {near, "172.16.0.2", "private: true, authorizedNetworks: [192.0.2.0/24]", nil, false,
			[]string{"is in the subnet of b, which its private endpoint allows", "is in the region of b: global access is not required"}},
		"two subnets": {apart, "172.16.0.2", "private: true, authorizedNetworks: [192.0.2.0/24]", []string{"10.1.0.0/16"}, false,
			[]string{"is not in the subnet of b: its pods must be authorized", "is in the region of b: global access is not required"}},
		"two regions": {far, "172.16.0.2", "private: true, authorizedNetworks: [192.0.2.0/24]", []string{"10.1.0.0/16"}, true,
			[]string{"is not in the subnet of b: its pods must be authorized",
				"is in region us-east1, but b is in us-west1: its private endpoint requires global access"}},
		"authorized networks are off": {far, "172.16.0.2", "private: true, authorizedNetworksEnabled: false", nil, true,
			[]string{"authorized networks of b are disabled", "is in region us-east1, but b is in us-west1: its private endpoint requires global access"}},
		"authorized networks are on, and none is known": {apart, "172.16.0.2", "private: true, authorizedNetworksEnabled: true", []string{"10.1.0.0/16"}, false,
			[]string{"is not in the subnet of b: its pods must be authorized", "is in the region of b: global access is not required"}},
		"whether they are on is not known": {apart, "172.16.0.2", "private: true", []string{"10.1.0.0/16"}, false,
			[]string{"is not in the subnet of b: its pods must be authorized",
				"unknown whether authorized networks of b are enabled: it is authorized in case they are", "is in the region of b: global access is not required"}},
		"read at the public address": {there, "203.0.113.9", "authorizedNetworks: [192.0.2.0/24]", []string{"203.0.113.1/32"}, false,
			[]string{"reads b at its public endpoint, which must authorize its NAT addresses"}},
		"open to everybody": {there, "203.0.113.9", "private: true", nil, false, []string{"authorized networks of b are disabled"}},
		"not at the private endpoint": {apart, "172.16.0.2", "private: true, authorizedNetworks: [192.0.2.0/24], authorizedNetworksOnPrivateEndpoint: false", nil, false,
			[]string{"authorized networks of b do not apply to its private endpoint", "is in the region of b: global access is not required"}},
		"no addresses": {far, "203.0.113.9", "authorizedNetworks: [192.0.2.0/24]", nil, false,
			[]string{"must be an authorized network of b, but its egressCIDRs is not set"}},
		"from elsewhere": {there, "172.16.0.2", "private: true, authorizedNetworks: [192.0.2.0/24]", []string{"10.1.0.0/16"}, true,
			[]string{"is not in the subnet of b: its pods must be authorized",
				"is in region unknown, but b is in us-west1: its private endpoint requires global access"}},
		"the DNS endpoint": {far, "gke-1.us-west1.gke.goog", "endpoint: dns, private: true, authorizedNetworks: [192.0.2.0/24]", nil, false,
			[]string{"reads b at its DNS endpoint, to which authorized networks do not apply"}},
		"the endpoint that is chosen": {apart + ", api: {}", "", "private: true, authorizedNetworks: [192.0.2.0/24], endpoints: {public: 203.0.113.9, private: 10.0.0.2}", []string{"10.1.0.0/16"}, false,
			[]string{"is not in the subnet of b: its pods must be authorized", "is in the region of b: global access is not required"}},
		"the endpoint that is chosen for others": {there, "", "private: true, authorizedNetworks: [192.0.2.0/24], endpoints: {public: 203.0.113.9, private: 10.0.0.2}", []string{"203.0.113.1/32"}, false,
			[]string{"reads b at its public endpoint, which must authorize its NAT addresses"}},
		"a reader at Google": {"istio: {distribution: csm, managed: true}", "203.0.113.9", "authorizedNetworks: [192.0.2.0/24]", nil, false,
			[]string{"its control plane is managed by Google, which can reach b"}},
	} {
		t.Run(name, func(t *testing.T) {
			accesses := plan(t, fmt.Sprintf(mesh, test.reader, serverAt(test.server), test.gke)).Accesses
			got := accesses[len(accesses)-1]
			want := firewall.Access{Cluster: "b", Networks: cidrs(test.networks...), GlobalAccess: test.global, Keep: got.Keep,
				Consumers: []firewall.Consumer{{Cluster: "a", Networks: cidrs(test.networks...), GlobalAccess: test.global, Reasons: test.reasons}}}
			if !want.Needed() {
				want.Consumers = nil // nothing to explain
			}
			if diff := cmp.Diff(want, got, cmpopts.EquateEmpty(), prefixes()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Where something must be opened, it is said of each reader why, and why not.
func TestAccessReasons(t *testing.T) {
	const mesh = `{links: [{from: [a, c, d, e], to: [b]}], clusters: [
		{name: a, podCIDRs: [10.1.0.0/16], gke: {project: acme, location: us-west1-a, subnet: s}},
		{name: b, gke: {project: acme, location: us-west1, subnet: s, private: true, authorizedNetworks: [192.0.2.0/24], endpoints: {private: 172.16.0.2%s}}},
		{name: c, podCIDRs: [10.3.0.0/16], gke: {project: acme, location: us-west1, subnet: other}},
		{name: d, istio: {distribution: csm, managed: true}},
		{name: e, podCIDRs: [10.5.0.0/16]}]}`
	for endpoint, want := range map[string][]string{
		"": {
			"a: is in the subnet of b, which its private endpoint allows", "a: is in the region of b: global access is not required",
			"c: is not in the subnet of b: its pods must be authorized", "c: is in the region of b: global access is not required",
			"d: its control plane is managed by Google, which can reach b",
			"e: is not in the subnet of b: its pods must be authorized", "e: is in region unknown, but b is in us-west1: its private endpoint requires global access",
		},
		", dns: gke-1.us-west1.gke.goog": {
			"a: is in the subnet of b, which its private endpoint allows", "a: is in the region of b: global access is not required",
			"c: is not in the subnet of b: its pods must be authorized", "c: is in the region of b: global access is not required",
			"d: its control plane is managed by Google, which can reach b",
			"e: reads b at its DNS endpoint, to which authorized networks do not apply",
		},
	} {
		var got []string
		for _, reader := range plan(t, fmt.Sprintf(mesh, endpoint)).Accesses[1].Consumers {
			for _, reason := range reader.Reasons {
				got = append(got, reader.Cluster+": "+reason)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("endpoint %q (-want +got):\n%s", endpoint, diff)
		}
	}
}

func TestAccessKeepsWhatIsThere(t *testing.T) {
	access := plan(t, `{clusters: [{name: b, gke: {project: acme, location: us-west1, authorizedNetworks: [198.51.100.0/24, 192.0.2.7/32, 192.0.2.0/24, 192.0.2.0/24]}}]}`).Accesses[0]
	if diff := cmp.Diff(cidrs("192.0.2.0/24", "192.0.2.7/32", "198.51.100.0/24"), access.Keep, prefixes()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if access.Needed() {
		t.Errorf("%+v is needed by nobody", access)
	}
}

func TestGaps(t *testing.T) {
	got := plan(t, `{clusters: [
		{name: a, network: x},
		{name: b, network: x, gke: {project: acme, location: us-west1, private: true, nodeTags: [tb]}},
		{name: c, network: x, podCIDRs: [10.3.0.0/16], gke: {project: acme, location: us-west1}},
		{name: d, network: z, podCIDRs: [10.4.0.0/16], gateway: {addresses: [198.51.100.7]}, gke: {project: acme, location: us-west1, nodeTags: [td]}},
		{name: e, network: e, api: {server: https://203.0.113.9}, gke: {project: acme, location: us-west1, authorizedNetworks: [192.0.2.0/24]}}]}`).Gaps
	want := []firewall.Gap{
		{Kind: firewall.GapApplicationPorts, Cluster: "b"},
		{Kind: firewall.GapApplicationPorts, Cluster: "c"},
		{Kind: firewall.GapEgress, Cluster: "a", For: []string{"e"}},
		{Kind: firewall.GapEgress, Cluster: "b", For: []string{"e"}},
		{Kind: firewall.GapEgress, Cluster: "c", For: []string{"e"}},
		{Kind: firewall.GapEgress, Cluster: "d", For: []string{"e"}},
		{Kind: firewall.GapMasterCIDR, Cluster: "b"},
		{Kind: firewall.GapNodeTags, Cluster: "c"},
		{Kind: firewall.GapPodCIDRs, Cluster: "a", For: []string{"b", "c"}},
		{Kind: firewall.GapPodCIDRs, Cluster: "b", For: []string{"c"}},
		{Kind: firewall.GapPodCIDRs, Cluster: "e", For: []string{"b"}},
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func serverAt(host string) string {
	if host == "" {
		return ""
	}
	return "https://" + host
}

package v1alpha1_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

func TestValidateFirewall(t *testing.T) {
	firewall := func(f v1alpha1.Firewall) edit {
		return func(m *v1alpha1.Mesh) { m.Spec.Firewall = f }
	}
	checkAll(t, map[string]wrong{
		"everything said": {edit: firewall(v1alpha1.Firewall{
			Ports: v1alpha1.FirewallPortsMesh, ApplicationPorts: []string{"1", "65535", "9000-9100", "80-80"}, Priority: new(int32(0)),
			Outputs: []v1alpha1.FirewallOutput{
				v1alpha1.FirewallGcloud, v1alpha1.FirewallConfigConnector, v1alpha1.FirewallTerraform,
				v1alpha1.FirewallCSV, v1alpha1.FirewallMarkdown,
			},
		})},
		"everything wrong": {firewall(v1alpha1.Firewall{Ports: "some", ApplicationPorts: []string{"80", "http"}, Priority: new(int32(65536)),
			Outputs: []v1alpha1.FirewallOutput{"", "hcl", v1alpha1.FirewallCSV, v1alpha1.FirewallCSV}}), []string{
			`spec.firewall.ports: Unsupported value: "some": supported values: "mesh", "all"` + "\nhint: use one of mesh, all",
			`spec.firewall.priority: Invalid value: "65536": must be a priority, 0 to 65535` + "\nhint: omit it for 1000",
			`spec.firewall.applicationPorts[1]: Invalid value: "http": must be a port or a range of ports, 1 to 65535` + "\n" + `hint: use a form such as "8080" or "9000-9100"`,
			"spec.firewall.outputs[0]: Required value: set it\nhint: use one of gcloud, configConnector, terraform, csv, markdown",
			`spec.firewall.outputs[1]: Unsupported value: "hcl": supported values: "gcloud", "configConnector", "terraform", "csv", "markdown"` +
				"\nhint: use one of gcloud, configConnector, terraform, csv, markdown",
			`spec.firewall.outputs[3]: Duplicate value: "csv": is already listed` + "\nhint: list each form once",
		}},
		"a negative priority": {firewall(v1alpha1.Firewall{Priority: new(int32(-1))}), []string{
			`spec.firewall.priority: Invalid value: "-1": must be a priority, 0 to 65535` + "\nhint: omit it for 1000",
		}},
		"some ports of all": {firewall(v1alpha1.Firewall{Ports: v1alpha1.FirewallPortsAll, ApplicationPorts: []string{"80"}}), []string{
			"spec.firewall.applicationPorts: Forbidden: ports: all opens every port\nhint: remove applicationPorts, or set ports: mesh",
		}},
		"addresses of a NAT": {east(func(c *v1alpha1.Cluster) { c.EgressCIDRs = []string{"203.0.113.0/28", "203.0.113.1/28"} }), []string{
			`spec.clusters[0].egressCIDRs[1]: Invalid value: "203.0.113.1/28": must not have bits set after its mask` + "\nhint: write 203.0.113.0/28",
		}},
		"a control plane has a /28": {gke(func(g *v1alpha1.GKE) { g.MasterCIDR = "172.16.0.40/29" }), []string{
			`spec.clusters[0].gke.masterCIDR: Invalid value: "172.16.0.40/29": must not be narrower than /28, which GKE gives every control plane` +
				"\nhint: write 172.16.0.32/28 if that is the range that gcloud container clusters describe prints as masterIpv4CidrBlock",
		}},
		"a control plane may have more": {edit: gke(func(g *v1alpha1.GKE) { g.MasterCIDR = "172.16.0.0/27" })},
		"a control plane has IPv4": {gke(func(g *v1alpha1.GKE) { g.MasterCIDR = "2001:db8::/64" }), []string{
			`spec.clusters[0].gke.masterCIDR: Invalid value: "2001:db8::/64": must be a range of IPv4 addresses` + "\nhint: use a form such as 172.16.0.0/28",
		}},
	})
}

// What is taken for ports is what Google takes: nothing that a shell or gcloud reads as more.
func FuzzParsePorts(f *testing.F) {
	for _, seed := range []string{"80", "0", "65535", "65536", "080", "+80", "-80", "80-", "90-80", "80-90", "80-90-100", "80,443", " 80", "8\u06602", "1e3", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		first, last, ok := v1alpha1.ParsePorts(text)
		if !ok {
			return
		}
		want := strconv.Itoa(int(first))
		if strings.Contains(text, "-") {
			want += "-" + strconv.Itoa(int(last))
		}
		if first == 0 || first > last || text != want {
			t.Errorf("ParsePorts(%q) = %d, %d", text, first, last)
		}
	})
}

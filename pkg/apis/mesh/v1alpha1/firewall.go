package v1alpha1

// FirewallPorts selects the ports at which pods in the same network can reach each other.
type FirewallPorts string

// The port sets of a firewall.
const (
	// FirewallPortsMesh opens the ports that carry calls of the mesh: 15008 for ambient, the
	// application ports for sidecars.
	FirewallPortsMesh FirewallPorts = "mesh"
	// FirewallPortsAll opens all ports of all protocols that GKE opens inside a cluster.
	FirewallPortsAll FirewallPorts = "all"
)

// FirewallOutput is a format of rendered firewall rules.
type FirewallOutput string

// The forms.
const (
	FirewallGcloud          FirewallOutput = "gcloud"
	FirewallConfigConnector FirewallOutput = "configConnector"
	FirewallTerraform       FirewallOutput = "terraform"
	FirewallCSV             FirewallOutput = "csv"
	FirewallMarkdown        FirewallOutput = "markdown"
)

// Firewall defines the firewall rules that allow traffic between the clusters.
type Firewall struct {
	// Ports at which pods in the same network can reach each other: mesh opens the ports of the
	// mesh, all opens every port of every protocol.
	// +default="mesh"
	Ports FirewallPorts `json:"ports,omitempty"`
	// ApplicationPorts are the TCP ports on which pods with sidecars listen, in quotes: "8080", or
	// a range such as "9000-9100". A sidecar receives calls on the port of its application.
	// Defaults to every TCP port. Ambient pods receive all calls on port 15008.
	ApplicationPorts []string `json:"applicationPorts,omitempty"`
	// Priority of the rules. A lower number takes precedence; at the same priority a deny rule
	// does.
	// +default=1000
	Priority *int32 `json:"priority,omitempty"`
	// Outputs are the formats of the rules: gcloud, configConnector and terraform for Google Cloud
	// networks, csv and markdown as tables for clusters on any platform. Defaults to gcloud.
	Outputs []FirewallOutput `json:"outputs,omitempty"`
}

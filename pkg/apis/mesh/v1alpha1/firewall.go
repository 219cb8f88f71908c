package v1alpha1

// FirewallPorts is how much of each other the pods of one network see.
type FirewallPorts string

// The port sets of a firewall.
const (
	// FirewallPortsMesh are the ports over which a mesh carries calls: 15008 for ambient, the
	// application ports for sidecars.
	FirewallPortsMesh FirewallPorts = "mesh"
	// FirewallPortsAll are all ports of all protocols that GKE opens inside a cluster.
	FirewallPortsAll FirewallPorts = "all"
)

// FirewallOutput is a form in which the rules of a firewall are rendered.
type FirewallOutput string

// The forms.
const (
	FirewallGcloud          FirewallOutput = "gcloud"
	FirewallConfigConnector FirewallOutput = "configConnector"
	FirewallTerraform       FirewallOutput = "terraform"
	FirewallCSV             FirewallOutput = "csv"
	FirewallMarkdown        FirewallOutput = "markdown"
)

// Firewall is what the firewalls between the clusters have to let through.
type Firewall struct {
	// Ports that the pods of one network may call: mesh are those of the mesh, all is every port
	// of every protocol.
	// +default="mesh"
	Ports FirewallPorts `json:"ports,omitempty"`
	// ApplicationPorts are the TCP ports on which pods with sidecars listen: "8080", or a range
	// "9000-9100", in quotes. A sidecar is called at the port of its application. Left out: every
	// TCP port. Ambient pods are called at port 15008, whatever they listen on.
	ApplicationPorts []string `json:"applicationPorts,omitempty"`
	// Priority of the rules; a lower number wins, and of equal ones a rule that denies.
	// +default=1000
	Priority *int32 `json:"priority,omitempty"`
	// Outputs are the forms in which the rules are rendered: gcloud, configConnector and
	// terraform for networks of Google Cloud, csv and markdown as tables for clusters of any
	// platform. Left out: gcloud.
	Outputs []FirewallOutput `json:"outputs,omitempty"`
}

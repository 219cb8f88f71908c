package changes

// Kinds of changes of networks.
const (
	gatewayMoved   ID = "MC030"
	gatewayChanged ID = "MC031"
	openingOpened  ID = "MC032"
	openingClosed  ID = "MC033"
	networkChanged ID = "MC034"
	linkAdded      ID = "MC035"
	linkRemoved    ID = "MC036"
	networkAllowed ID = "MC037"
)

func networkKinds() []Kind {
	return []Kind{
		{
			ID:       gatewayMoved,
			Severity: Warning,
			Title:    "Gateway address changed",
			Many:     "gateway addresses changed",
			Why: "Calls from other networks go to this address. They are encrypted for the workload behind it, so another " +
				"host cannot read them, but they fail there.",
			Review: "Verify the address with the cluster owner: kubectl -n istio-system get service",
		},
		{
			ID:       gatewayChanged,
			Severity: Warning,
			Title:    "East-west gateway changed",
			Many:     "east-west gateways changed",
			Why: "The gateway is the entry point for traffic from other networks. Its annotations can make its address " +
				"public.",
			Review: "Verify what the gateway exposes, and to whom.",
		},
		{
			ID:       networkChanged,
			Severity: Warning,
			Title:    "Network of a cluster changed",
			Many:     "networks of clusters changed",
			Why: "The network decides whether other clusters call the pods directly or through the east-west gateway. " +
				"Pods keep the old network until they restart.",
			Review: "Verify that pods of clusters in the same network reach each other.",
		},
		{
			ID:       linkAdded,
			Severity: Warning,
			Title:    "Link added",
			Many:     "links added",
			Why: "Workloads of one cluster find services of the other, and call them where authorization policies allow " +
				"it.",
			Review: "Verify that the caller is meant to reach the other cluster.",
		},
		{
			ID:       linkRemoved,
			Severity: Warning,
			Title:    "Link removed",
			Many:     "links removed",
			Why:      "Workloads of one cluster no longer find services of the other.",
			Review:   "Verify that no workload calls the other cluster.",
		},
		{
			ID:       openingOpened,
			Severity: Warning,
			Title:    "Firewall opening added",
			Many:     "firewall openings added",
			Why:      "Firewalls between the clusters must allow this traffic. Rendered firewall rules include it.",
			Review:   "Verify sources, destinations and ports.",
		},
		{
			ID:       openingClosed,
			Severity: Note,
			Title:    "Firewall opening removed",
			Many:     "firewall openings removed",
			Why: "The mesh no longer requires this traffic. The scripts in deploy/gcloud remove rendered rules; remove " +
				"other rules yourself.",
			Review: "Verify that nothing else uses it.",
		},
		{
			ID:       networkAllowed,
			Severity: Warning,
			Title:    "Authorized network added",
			Many:     "clusters with more authorized networks",
			Why: "The script access.sh sends these networks along with those that the mesh needs, so the API server of " +
				"the GKE cluster allows them.",
			Review: "Verify that they are authorized already: gcloud container clusters describe",
		},
	}
}

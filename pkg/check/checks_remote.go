package check

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/helm"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// primary returns the cluster whose control plane serves this one; nil if it has its own.
func (s subject) primary() *v1alpha1.Cluster {
	for other := range s.Graph.Clusters() {
		if other.Name == s.cluster.ControlPlane && other.Name != s.cluster.Name {
			return other
		}
	}
	return nil
}

// served judges an observed cluster that another one serves.
func (s subject) whenServed(judge func(primary *v1alpha1.Cluster) []outcome) []outcome {
	primary := s.primary()
	switch {
	case primary == nil || s.Mesh.Spec.Discovery != v1alpha1.DiscoveryRemoteSecret:
		return nil
	case s.facts.Served.Why != "":
		return unknown(s.facts.Served.Why, "")
	}
	return judge(primary)
}

// chart renders the values of chart istiod and upgrades it in the cluster.
func (s subject) chart() string {
	command := render.Input{Mesh: s.Mesh, Graph: s.Graph}.ChartCommand(s.cluster, "istiod")
	if command == "" { // its values need an address that is not known yet
		return s.Commands.Render + ", and follow deploy/INSTALL.md"
	}
	return s.Commands.Render + " && " + command
}

func remoteFindsIstiod() Check {
	return Check{ID: "CHECK048", Severity: mesh.SeverityError, Scope: ScopeCluster, After: "CHECK003",
		Title: "A cluster without a control plane reaches the one that serves it",
		Why: "Proxies get certificates and configuration from istiod's Service in their own cluster. In a cluster without " +
			"a control plane, this Service points at another cluster's east-west gateway: remotePilotAddress in the chart's " +
			"values. If the gateway's address changes, running proxies keep their configuration, and new ones do not start.",
		Remedy: "Render the tree again, and upgrade chart istiod with the cluster's values.",
		run: func(s subject) []outcome {
			return s.whenServed(func(primary *v1alpha1.Cluster) []outcome {
				found, service := s.facts.Served.Value, s.cluster.Istio.Namespace+"/"+access.IstiodService(s.cluster)
				addresses := primary.EastWest().Addresses
				if !found.Found {
					return bad(fmt.Sprintf("Service %s is missing: proxies find no control plane", service), s.chart())
				}
				if len(addresses) == 0 {
					return unknown("the address of "+primary.Name+"'s east-west gateway is unknown",
						"kubectl mesh collect --cluster "+primary.Name)
				}
				var leads []string
				if found.ExternalName != "" {
					leads = []string{found.ExternalName}
				} else {
					leads = found.Addresses
				}
				if len(leads) == 0 {
					return bad(fmt.Sprintf("Service %s has no address: no EndpointSlice belongs to it", service), s.chart())
				}
				if wrong := misdirected(found); wrong != "" {
					return bad(fmt.Sprintf("Service %s %s", service, wrong), s.chart())
				}
				for _, address := range leads {
					if !slices.ContainsFunc(addresses, func(want string) bool { return sameHost(want, address) }) {
						return bad(fmt.Sprintf("Service %s points at %s, but the gateway of %s is at %s", service, abridged(leads),
							primary.Name, abridged(addresses)), s.chart())
					}
				}
				return ok()
			})
		}}
}

// misdirected describes a port of istiod's Service that is not forwarded to the gateway's port for it, or is empty. A
// Service with a host name has no ports.
func misdirected(found cluster.Served) string {
	if found.ExternalName != "" {
		return ""
	}
	for _, port := range []struct{ own, gateway int32 }{{own: 15012, gateway: 15012}, {own: 443, gateway: 15017}} {
		switch to := found.Ports[port.own]; to {
		case port.gateway:
		case 0:
			return fmt.Sprintf("does not forward port %d to port %d of the gateway", port.own, port.gateway)
		default:
			return fmt.Sprintf("forwards port %d to port %d of the gateway, not to %d", port.own, to, port.gateway)
		}
	}
	return ""
}

// sameHost compares names, or addresses in any spelling.
func sameHost(a, b string) bool {
	one, err := netip.ParseAddr(a)
	other, otherErr := netip.ParseAddr(b)
	if err != nil || otherErr != nil {
		return a == b
	}
	return one.Unmap() == other.Unmap()
}

func remoteInjects() Check {
	return Check{ID: "CHECK049", Severity: mesh.SeverityError, Scope: ScopeCluster, After: "CHECK003",
		Title: "The injection webhook of a cluster without a control plane calls the one that serves it",
		Why: "istiod gets a pod's cluster and network from the path of the webhook: with another path, the sidecar is " +
			"configured for the wrong cluster. The control plane writes its root into caBundle: with another root, or none, " +
			"the API server rejects every pod that needs a sidecar.",
		Remedy: "Upgrade chart istiod with the cluster's values. To write caBundle, the control plane requires the " +
			"permissions of CHECK019 and the annotation of CHECK050.",
		run: func(s subject) []outcome {
			return s.whenServed(func(primary *v1alpha1.Cluster) []outcome {
				webhooks := s.facts.Served.Value.Webhooks
				if len(webhooks) == 0 {
					return bad("no MutatingWebhookConfiguration injects sidecars for revision "+revisionOf(s.cluster), s.chart())
				}
				service, path := s.cluster.Istio.Namespace+"/"+access.IstiodService(s.cluster), helm.InjectionPath(s.cluster)
				roots := s.rootsOf(primary)
				var found []outcome
				for _, webhook := range webhooks {
					about := fmt.Sprintf("webhook %s of %s", webhook.Name, webhook.Configuration)
					switch {
					case webhook.URL != "":
						// A custom route to the control plane: its destination is unknown.
					case webhook.Service != service:
						found = append(found, bad(fmt.Sprintf("%s calls Service %s, not %s", about, webhook.Service, service),
							s.chart())...)
					case webhook.Path != path:
						found = append(found, bad(fmt.Sprintf("%s calls path %s, not %s", about, webhook.Path, path), s.chart())...)
					case webhook.Port != webhookPort:
						found = append(found, bad(fmt.Sprintf("%s calls port %d of Service %s, not %d", about, webhook.Port, service,
							webhookPort), s.chart())...)
					}
					switch {
					case len(webhook.RootSHA256) == 0:
						found = append(found, bad(about+" has no root in caBundle: the control plane of "+primary.Name+" has not "+
							"written it", s.rewrite(primary))...)
					case roots != nil && !slices.ContainsFunc(roots,
						func(sum string) bool { return slices.Contains(webhook.RootSHA256, sum) }):
						found = append(found, bad(fmt.Sprintf("%s has root %s in caBundle, but %s has %s", about,
							short(webhook.RootSHA256), primary.Name, short(roots)), s.rewrite(primary))...)
					}
				}
				if found == nil {
					return ok()
				}
				return found[:1:1] // those of one configuration are equal
			})
		}}
}

// webhookPort is the port of istiod's Service that its webhook has in Istio's charts.
const webhookPort = 443

func revisionOf(cluster *v1alpha1.Cluster) string {
	if cluster.Istio.Revision == "" {
		return "default"
	}
	return cluster.Istio.Revision
}

// rootsOf returns the roots of an observed cluster.
func (s subject) rootsOf(cluster *v1alpha1.Cluster) []string {
	if facts := s.Observed[cluster.Name]; facts != nil && !facts.hidden() {
		return facts.Reported.RootSHA256
	}
	return nil
}

// rewrite allows the control plane to write its root into the webhook, and triggers it.
func (s subject) rewrite(primary *v1alpha1.Cluster) string {
	return s.apply() + " && " + s.restartIstiodOf(primary)
}

func remoteAdmits() Check {
	return Check{ID: "CHECK050", Severity: mesh.SeverityError, Scope: ScopeCluster, After: "CHECK003",
		Title: "A cluster without a control plane lists the one that serves it",
		Why: "Annotation topology.istio.io/controlPlaneClusters of Istio's namespace lists the control planes that write " +
			"their root certificate into every namespace and into the webhook. A control plane that is not listed writes " +
			"neither, and new namespaces get no root.",
		Remedy: "Apply the cluster's overlay, which sets the annotation.",
		run: func(s subject) []outcome {
			return s.whenServed(func(primary *v1alpha1.Cluster) []outcome {
				named := s.facts.Served.Value.ControlPlanes
				if slices.Contains(named, primary.ID()) || slices.Contains(named, "*") {
					return ok()
				}
				says := "does not have the annotation topology.istio.io/controlPlaneClusters"
				if named != nil {
					says = "lists the control planes of " + abridged(named)
				}
				return bad(fmt.Sprintf("namespace %s %s, but %s serves it", s.cluster.Istio.Namespace, says, primary.ID()),
					s.apply()+" --force-conflicts")
			})
		}}
}

func routesAttached() Check {
	return Check{ID: "CHECK051", Severity: mesh.SeverityError, Scope: ScopeCluster, After: "CHECK003",
		Title: "The east-west gateway routes clusters without a control plane to istiod",
		Why: "TLSRoutes connect the gateway to istiod, for proxies and for the API servers of the clusters that it serves. " +
			"Without a listener that accepts the route, no new proxy starts there, and no pod with a sidecar is created.",
		Remedy: "Apply the cluster's overlay with --force-conflicts, and check the conditions of the routes and of the " +
			"Gateway.",
		run: func(s subject) []outcome {
			if !s.Graph.Exposure(s.cluster.Name).Remotes || s.cluster.EastWest().API == v1alpha1.GatewayAPIIstio {
				return nil
			}
			if s.facts.Routes.Why != "" {
				return unknown(s.facts.Routes.Why, "")
			}
			var found []outcome
			for _, want := range render.IstiodRoutes(s.cluster) {
				found = append(found, s.route(want)...)
			}
			if found == nil {
				return ok()
			}
			return found
		}}
}

// route verifies one route to istiod. Its remedy also restores fields of the route and the Gateway that were edited.
func (s subject) route(want render.IstiodRoute) []outcome {
	about := fmt.Sprintf("TLSRoute %s/%s", s.cluster.Istio.Namespace, want.Name)
	restore := s.apply() + " --force-conflicts"
	at := slices.IndexFunc(s.facts.Routes.Value, func(route cluster.TLSRoute) bool { return route.Name == want.Name })
	if at < 0 {
		return bad(about+" is missing", restore)
	}
	route := s.facts.Routes.Value[at]
	backend := fmt.Sprintf("%s:%d", want.Service, want.Port)
	for _, host := range want.Hosts {
		if !slices.Contains(route.Hosts, host) {
			return bad(fmt.Sprintf("%s does not route host %s, with which proxies call istiod", about, host), restore)
		}
	}
	if len(route.Backends) != 1 || route.Backends[0] != backend {
		return bad(fmt.Sprintf("%s routes to %s, not to %s", about, cmp.Or(abridged(route.Backends), "no Service"), backend),
			restore)
	}
	if route.Why != "" {
		describe := s.kubectlIstio(s.cluster) + " describe tlsroute " + want.Name
		return bad(about+" is not attached: "+route.Why, restore+" && "+describe)
	}
	return nil
}

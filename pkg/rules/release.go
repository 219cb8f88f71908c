package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/upstream"
)

func severeFaults() Rule {
	return Rule{
		ID:       "MESH073",
		Severity: mesh.SeverityWarning,
		Title:    "The Istio version has a severe known fault",
		Why: "Some istiod releases have a fault that breaks calls between clusters. Most faults appear when a remote " +
			"secret changes, which happens in every credential rotation: istiod does not pick up the new credential, or " +
			"drops the endpoints of the cluster until it restarts. The rule checks control planes of distribution istio " +
			"whose version is set; docs/supported.md lists the faults, each with its thread and the release that fixes it.",
		Remedy: "Upgrade the control plane to the release that the finding names, and correct istio.version. A remote " +
			"secret of a reader with auth: federated never changes. If your own build has the fix, waive the finding.",
		find: func(in Input) []finding { return faults(in, upstream.Severe) },
	}
}

func knownFaults() Rule {
	return Rule{
		ID:       "MESH074",
		Severity: mesh.SeverityWarning,
		Title:    "The Istio version has a known fault",
		Why: "The fault affects a feature that this mesh uses, but calls between clusters still work. The rule checks " +
			"control planes of distribution istio whose version is set; docs/supported.md lists the faults, each with its " +
			"thread and the release that fixes it.",
		Remedy: "Upgrade the control plane to the release that the finding names, and correct istio.version.",
		find:   func(in Input) []finding { return faults(in, upstream.Warning) },
	}
}

// faults reports the known faults of one severity: a finding per fault and version.
func faults(in Input, severity upstream.Severity) []finding {
	found, all := grouped{}, faultsByUse{faulty: map[string]bool{}, known: map[use][]upstream.Fault{}}
	for i, cluster := range in.Mesh.Spec.Clusters {
		if cluster.Istio.Distribution != v1alpha1.DistributionIstio {
			continue
		}
		release := cluster.Istio.Release()
		known := all.of(in, cluster)
		for _, fault := range known {
			if fault.Severity == severity {
				found.add(cluster.Name, istioOf(release), fmt.Sprintf(": %s (%s)", fault.Symptom, fault.Thread),
					finding{field: at(i, "istio.version"), hint: faultHint(fault, upstream.Fixed(release, known))})
			}
		}
	}
	return found.findings()
}

// use is a version and how it is used. Most clusters of a mesh have the same version and use.
type use struct {
	version string
	is      upstream.Situation
}

// faultsByUse caches the faults of each use.
type faultsByUse struct {
	faulty map[string]bool // by version
	known  map[use][]upstream.Fault
}

func (f faultsByUse) of(in Input, cluster v1alpha1.Cluster) []upstream.Fault {
	version := cluster.Istio.Version
	faulty, known := f.faulty[version]
	if !known {
		faulty = upstream.Faulty(cluster.Istio.Release())
		f.faulty[version] = faulty
	}
	if !faulty {
		return nil
	}
	one := use{version: version, is: situation(in, cluster)}
	if _, known := f.known[one]; !known {
		f.known[one] = upstream.Faults(cluster.Istio.Release(), one.is)
	}
	return f.known[one]
}

// istioOf starts a message about control planes of one version, which can be unknown.
func istioOf(release upstream.Version) string {
	if text := release.String(); text != "" {
		return "Istio " + text + " of "
	}
	return "Istio without a version of "
}

// faultHint names the release that fixes all reported faults, so that one upgrade is enough.
func faultHint(fault upstream.Fault, fixed upstream.Version) string {
	hint := "upgrade to a release with the fix"
	if fixed.Stated() {
		hint = fmt.Sprintf("upgrade to %s or later", fixed)
	}
	if fault.Rotates() {
		hint += ", or use reader.auth: federated, whose remote secrets never change"
	}
	return hint
}

// situation describes how a cluster's control plane is used. A cluster without one reads no other cluster.
func situation(in Input, cluster v1alpha1.Cluster) upstream.Situation {
	is := upstream.Situation{Ambient: isAmbient(cluster), Sidecars: !isAmbient(cluster),
		HelmGateway: in.Graph.Exposure(cluster.Name).Any() && cluster.EastWest().API == v1alpha1.GatewayAPIIstio}
	for target := range in.Graph.Targets(cluster.Name) {
		is.RemoteClusters = true
		is.ChangingSecrets = is.ChangingSecrets || access.KindOf(target).Traits().Rotates()
		is.RemoteNetworks = is.RemoteNetworks || in.Graph.CrossNetwork(cluster.Name, target.Name)
	}
	return is
}

func unknownRelease() Rule {
	return Rule{
		ID:       "MESH075",
		Severity: mesh.SeverityWarning,
		Title:    "The Istio version is newer than the known releases",
		Why: "Data that depends on the Istio version, such as the Gateway API CRDs, chart registries and known faults, is " +
			"built into kubectl mesh up to a certain release. For newer ones the data of the last known release is used.",
		Remedy: "Upgrade kubectl mesh: kubectl krew upgrade mesh. If its newest release does not know the version " +
			"either, compare INSTALL.md and the values with the notes of the Istio release, and waive the finding.",
		find: func(in Input) []finding {
			found := grouped{}
			for i, cluster := range in.Mesh.Spec.Clusters {
				if release := cluster.Istio.Release(); upstream.Newer(release) {
					found.add(cluster.Name, istioOf(release),
						fmt.Sprintf(" is newer than %s, the last known minor release", upstream.HighestKnown().Minor()),
						finding{field: at(i, "istio.version"), hint: "upgrade kubectl mesh: kubectl krew upgrade mesh"})
				}
			}
			return found.findings()
		},
	}
}

func retiredRegistry() Rule {
	return Rule{
		ID: "MESH076", Severity: mesh.SeverityWarning,
		Title: "An image registry is being shut down",
		Why: "Istio moves from registries hosted by Google to Docker Hub, and shuts down the old ones. After that no node " +
			"can pull an image that it does not have: rescheduled pods do not start.",
		Remedy: "Set istio.hub to the registry with the same images, or to your own mirror.",
		find: func(in Input) []finding {
			found := grouped{}
			for i, cluster := range in.Mesh.Spec.Clusters {
				hub := cluster.Istio.Hub
				if month, instead, retired := upstream.RetiredRegistry(hub); retired {
					found.add(cluster.Name, "the registry of ", fmt.Sprintf(", %s, is shut down in %s", hub, month),
						finding{field: at(i, "istio.hub"), hint: "write hub: " + instead + ", or your own mirror"})
				}
			}
			return found.findings()
		},
	}
}

// grouped merges findings that are the same for several clusters.
type grouped struct{ all []group }

// group is a finding whose message contains its clusters between two texts.
type group struct {
	before, after string
	finding
}

// add adds a cluster to the finding with the same texts, or a new finding.
func (g *grouped) add(cluster, before, after string, f finding) {
	i := slices.IndexFunc(g.all, func(other group) bool { return other.before == before && other.after == after })
	if i < 0 {
		i = len(g.all)
		g.all = append(g.all, group{before: before, after: after, finding: f})
	}
	g.all[i].clusters = append(g.all[i].clusters, cluster)
}

func (g *grouped) findings() []finding {
	var found []finding
	for _, each := range g.all {
		each.message = each.before + strings.Join(each.clusters, ", ") + each.after
		found = append(found, each.finding)
	}
	return found
}

package upstream

import (
	"slices"
	"strings"
)

// Severity of a fault.
type Severity string

// Severities.
const (
	// Severe: calls fail, or a policy is not enforced, until an operator intervenes.
	Severe Severity = "severe"
	// Warning: operators should know it.
	Warning Severity = "warning"
)

// Situation is how a control plane is used. As a condition of a fault, everything that is true or specified in it must
// apply.
type Situation struct {
	// Sidecars, Ambient: the data plane of its cluster.
	Sidecars, Ambient bool
	// RemoteClusters: it reads other clusters.
	RemoteClusters bool
	// ChangingSecrets: one of its remote secrets changes when a credential is rotated.
	ChangingSecrets bool
	// RemoteNetworks: it calls clusters in other networks.
	RemoteNetworks bool
	// HelmGateway: Helm installs its east-west gateway with Istio's chart.
	HelmGateway bool
	// GatewayAPI is the installed bundle, if known.
	GatewayAPI Version
}

// Fault is a known fault of Istio releases. Vendors' builds have their own patches and are not judged by it.
type Fault struct {
	// Thread that describes it: "istio/istio issue 61043".
	Thread string
	// Symptom completes the sentence "Istio 1.30.2 of east: …".
	Symptom string
	Severity
	// Affected releases. The end of a range has the fix.
	Affected []Range
	Fact

	when    Situation
	bundles Range
}

// URL of the thread.
func (f Fault) URL() string {
	thread := strings.NewReplacer(" issue ", "/issues/", " pull request ", "/pull/").Replace(f.Thread)
	return "https://github.com/" + thread
}

// FixedBy returns the first release of v's line with the fix; without numbers if there is none yet.
func (f Fault) FixedBy(v Version) Version {
	for _, affected := range f.Affected {
		if affected.Has(v) {
			return affected.Before
		}
	}
	return Version{}
}

// Fixed returns the first release of v's line with the fixes of all these faults; without numbers if one has none yet.
func Fixed(v Version, faults []Fault) Version {
	var last Version
	for _, fault := range faults {
		fixed := fault.FixedBy(v)
		if !fixed.Stated() {
			return Version{}
		}
		if !last.Stated() || fixed.AtLeast(last) {
			last = fixed
		}
	}
	return last
}

// Rotates reports whether the fault occurs only when remote secrets change.
func (f Fault) Rotates() bool { return f.when.ChangingSecrets }

// Faults returns the known faults of an Istio version in a situation, severe ones first. A version without numbers
// counts as current: it has the faults without a fix.
func Faults(v Version, is Situation) []Fault {
	var found []Fault
	for _, severity := range []Severity{Severe, Warning} {
		for _, fault := range FaultRows() {
			if fault.Severity == severity && fault.affects(v) && fault.shows(is) {
				found = append(found, fault)
			}
		}
	}
	return found
}

// Faulty reports whether a version has any known fault in any situation.
func Faulty(v Version) bool {
	return slices.ContainsFunc(FaultRows(), func(fault Fault) bool { return fault.affects(v) })
}

func (f Fault) affects(v Version) bool {
	return slices.ContainsFunc(f.Affected, func(affected Range) bool { return affected.Has(v) })
}

// shows reports whether the fault occurs in a situation.
func (f Fault) shows(is Situation) bool {
	implies := func(condition, holds bool) bool { return !condition || holds }
	return implies(f.when.Sidecars, is.Sidecars) && implies(f.when.Ambient, is.Ambient) &&
		implies(f.when.RemoteClusters, is.RemoteClusters) && implies(f.when.ChangingSecrets, is.ChangingSecrets) &&
		implies(f.when.RemoteNetworks, is.RemoteNetworks) && implies(f.when.HelmGateway, is.HelmGateway) &&
		implies(f.bundles != Range{}, is.GatewayAPI.Stated() && f.bundles.Has(is.GatewayAPI))
}

// FaultRows returns the table, by the first affected release.
func FaultRows() []Fault {
	var rows []Fault
	for _, part := range [][]Fault{secretFaults(), ambientFaults(), bundleFaults(), chartFaults()} {
		rows = append(rows, part...)
	}
	return rows
}

// secretFaults occur when a cluster's remote secret changes or is deleted.
func secretFaults() []Fault {
	const release = "https://istio.io/latest/news/releases/1.30.x/announcing-1.30."
	rotation := Situation{ChangingSecrets: true}
	return []Fault{
		{Thread: "istio/istio issue 59875", Severity: Severe, when: rotation,
			Symptom:  "istiod stops reading remote secrets as soon as one of them changes, until it is restarted",
			Affected: []Range{between(at(1, 29, 0), at(1, 29, 3))},
			Fact:     from("pull request 59876, first in tag 1.29.3")},
		{
			Thread:   "istio/istio issue 60612",
			Severity: Severe,
			when:     rotation,
			Symptom:  "istiod may not pick up a changed remote secret until it is restarted",
			Affected: []Range{between(at(1, 30, 0), at(1, 30, 3))},
			Fact: from("pull request 60676, first in tag 1.30.3; begins with pull request 58567, first in 1.30.0; " +
				release + "3"),
		},
		{
			Thread:   "istio/istio issue 61043",
			Severity: Severe,
			when:     rotation,
			Symptom: "istiod drops the endpoints of a cluster when its remote secret changes, until istiod is restarted; " +
				"the cluster is reported as synced",
			Affected: []Range{between(at(1, 30, 0), at(1, 30, 4))},
			Fact: from("pull requests 61159 (release-1.30, after 1.30.3) and 61160 (before 1.31.0-beta.0); " + release + "4; " +
				"measured in November 2026 on the tree that 1.30 was cut from"),
		},
		{
			Thread:   "istio/istio issue 60920",
			Severity: Severe,
			when:     Situation{Sidecars: true, RemoteClusters: true, RemoteNetworks: true},
			Symptom: "when a remote secret changes or is removed, istiod loses the gateways of remote networks and sends " +
				"calls to unreachable pods, until it is restarted",
			Affected: []Range{between(at(1, 30, 0), at(1, 30, 4))},
			Fact: from("pull requests 60927 (before 1.31.0-alpha.2) and 60957 (release-1.30, after 1.30.3); " +
				release + "4"),
		},
	}
}

// ambientFaults occur in ambient meshes of several clusters.
func ambientFaults() []Fault {
	return []Fault{
		{
			Thread:   "istio/istio pull request 61296",
			Severity: Severe,
			when:     Situation{Ambient: true, ChangingSecrets: true},
			Symptom: "istiod drops the workloads of a cluster for 30 seconds when its remote secret changes, sometimes " +
				"until istiod is restarted",
			Affected: []Range{between(at(1, 30, 0), at(1, 30, 4))},
			Fact: from("pull requests 61306 with 61341 (release-1.30, after 1.30.3) and 61305 with 61342 (before 1.31.0); " +
				"61339 fixes what 61296 broke; measured in November 2026 on the tree that 1.30 was cut from"),
		},
		{
			Thread:   "istio/istio pull request 61342",
			Severity: Severe,
			when:     Situation{Ambient: true, ChangingSecrets: true, RemoteNetworks: true},
			Symptom: "istiod may lose the gateway of a remote network when the remote secret of its cluster changes, until " +
				"istiod is restarted; the cluster is reported as synced",
			Affected: []Range{{Since: at(1, 31, 0)}},
			Fact: from("no upstream report: measured in test/istio on 2026-11-30 on the tree of 2026-08-27, in 9 of 12 " +
				"changes; what is derived from the Gateways of the client that is being stopped " +
				"(pilot/pkg/serviceregistry/ambient/networks.go) is kept by the cache that this change brought"),
		},
		{
			Thread:   "istio/istio issue 61092",
			Severity: Warning,
			when:     Situation{Ambient: true, RemoteClusters: true, RemoteNetworks: true},
			Symptom: "ingress gateways bypass the waypoint of a service with workloads in another network, so its policies " +
				"are not enforced",
			Affected: []Range{between(at(1, 29, 0), at(1, 29, 7)), between(at(1, 30, 0), at(1, 30, 4))},
			Fact: from("pull requests 61124 (release-1.30) and 61127 (release-1.29), both after 1.30.3 and 1.29.6; " +
				"https://istio.io/latest/news/releases/1.30.x/announcing-1.30.4"),
		},
		{
			Thread:   "istio/istio issue 60033",
			Severity: Warning,
			when:     Situation{Ambient: true, ChangingSecrets: true},
			Symptom:  "istiod leaks the cached state of a cluster when its remote secret changes, and its memory grows",
			Affected: []Range{between(at(1, 30, 0), at(1, 30, 4)), between(at(1, 31, 0), at(1, 31, 1))},
			Fact: from("pull requests 61357 (master), 61394 (release-1.30, 1.30.4 by a measurement in the thread) and 61528 " +
				"(1.31.1); https://istio.io/latest/news/releases/1.31.x/announcing-1.31.1"),
		},
	}
}

// bundleFaults occur with certain Gateway API releases.
func bundleFaults() []Fault {
	return []Fault{
		{Thread: "istio/istio issue 59443", Severity: Severe, bundles: since(at(1, 5, 0)),
			Symptom:  "istiod does not become ready with Gateway API v1.5.0 or later",
			Affected: []Range{{Before: at(1, 27, 9)}, between(at(1, 28, 0), at(1, 28, 6)), between(at(1, 29, 0), at(1, 29, 2))},
			Fact:     from("pull requests 59500, 59706 and 59707, first in tags 1.29.2, 1.28.6 and 1.27.9")},
	}
}

// chartFaults occur when Helm installs a chart.
func chartFaults() []Fault {
	return []Fault{
		{
			Thread:   "istio/istio issue 57354",
			Severity: Warning,
			when:     Situation{HelmGateway: true},
			Symptom: "Helm 3.18.5 and later rejects all values of chart gateway, including its defaults, without " +
				"--skip-schema-validation",
			Affected: brokenGatewaySchemas(),
			Fact: from("istio/istio manifests/charts/gateway/values.schema.json at the .0 tags from 1.16 to 1.21 and all " +
				"tags from 1.22.0 to 1.30.3: additionalProperties false next to $ref from 1.21.0 on, fixed by pull request " +
				"57457, first in tags 1.25.5, 1.26.4 and 1.27.1; helm/helm pull request 12743 for the flag, first in 3.16.0"),
		},
	}
}

func brokenGatewaySchemas() []Range {
	return []Range{
		between(at(1, 21, 0), at(1, 25, 5)),
		between(at(1, 26, 0), at(1, 26, 4)),
		between(at(1, 27, 0), at(1, 27, 1)),
	}
}

// BrokenGatewaySchema reports whether a release's gateway chart has a schema that rejects all values with Helm 3.18.5
// and later, and none with earlier versions.
func BrokenGatewaySchema(v Version) bool {
	return slices.ContainsFunc(brokenGatewaySchemas(), func(affected Range) bool { return affected.Has(v) })
}

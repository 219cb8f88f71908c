package rules_test

import (
	"fmt"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
)

func foreignFleetCases() []ruleCase {
	const spec = `{%s, clusters: [{name: east, gke: {project: one, location: us-east1, membership: {%s}}}, {name: west, gke: {project: two, location: us-west1, membership: {%s}}}]}`
	const csm, hint = "istio: {distribution: csm}", "correct spec.fleet, or remove the cluster from its fleet; or import the facts again: kubectl mesh import gke FILE"
	return []ruleCase{
		{name: "another project", spec: fmt.Sprintf(spec, csm+", fleet: {project: acme}", "project: other", "project: acme"), want: []mesh.Problem{
			found("spec.clusters[0].gke.membership", "cluster east is in the fleet of project other, but the mesh is in that of acme", hint, "east")}},
		{name: "another number", spec: fmt.Sprintf(spec, csm+`, fleet: {project: acme, projectNumber: "1"}`, `projectNumber: "2"`, "project: acme"), want: []mesh.Problem{
			found("spec.clusters[0].gke.membership", "cluster east is in the fleet of project 2, but the mesh is in that of 1", hint, "east")}},
		{name: "two fleets, and none is said", spec: fmt.Sprintf(spec, csm, "project: acme", "project: other"), want: []mesh.Problem{
			found("spec.clusters[1].gke.membership", "cluster west is in the fleet of project other, but east is in that of acme", "set spec.fleet, and register the other cluster in it", "east", "west")}},
		{name: "one fleet", spec: fmt.Sprintf(spec, csm, "project: acme", `projectNumber: "2"`)},
		{name: "another Istio", spec: fmt.Sprintf(spec, "istio: {}, fleet: {project: acme}", "project: other", "project: third")},
	}
}

func dividedNetworkCases() []ruleCase {
	const spec = `{istio: {distribution: csm}, clusters: [{name: east, %s gke: {project: one, location: us-east1, networkProject: host}}, {name: west, %s gke: {project: two, location: us-west1, networkProject: host, vpc: %s}}]}`
	return []ruleCase{
		{name: "as asmcli names it", spec: fmt.Sprintf(spec, "network: one-default,", "network: two-default,", "default"), want: []mesh.Problem{
			found("spec.clusters[1].network", `east and west are both in VPC network default of project host, but their networks are "one-default" and "two-default"`,
				"set the same network for both, or omit it everywhere", "east", "west")}},
		{name: "left out", spec: fmt.Sprintf(spec, "", "", "default")},
		{name: "two networks", spec: fmt.Sprintf(spec, "network: one,", "network: two,", "other")},
	}
}

func fleetDomainCases() []ruleCase {
	const spec = `{istio: {distribution: csm}, fleet: {project: acme}, trust: {%s}, clusters: [{name: east, gke: {project: one, location: us-east1}}]}`
	return []ruleCase{
		{name: "another domain", spec: fmt.Sprintf(spec, "domain: cluster.local"), want: []mesh.Problem{
			found("spec.trust.domain", "the trust domain is cluster.local, but the fleet's pool is acme.svc.id.goog", "omit it, or set domain: acme.svc.id.goog")}},
		{name: "an alias is missing", spec: fmt.Sprintf(spec, "domainAliases: [two.svc.id.goog]"), want: []mesh.Problem{
			found("spec.clusters[0].gke.project", "workloads of east may have identities of one.svc.id.goog, which is not an alias", "add it to spec.trust.domainAliases, or omit that field", "east")}},
		{name: "left out", spec: fmt.Sprintf(spec, "")},
	}
}

func sharedIDCases() []ruleCase {
	const spec = `{clusters: [{name: east, clusterID: %s}, {name: west}]}`
	return []ruleCase{
		{name: "a name of another one", spec: fmt.Sprintf(spec, "west"), want: []mesh.Problem{
			found("spec.clusters[1].clusterID", "clusters east and west both have the ID west", "set a unique clusterID for each", "east", "west")}},
		{name: "two IDs", spec: fmt.Sprintf(spec, "e")},
	}
}

func unknownFleetCases() []ruleCase {
	const spec = `{istio: {distribution: %s}, %s clusters: [{name: east, gke: {project: one, location: us-east1%s}}, {name: west}]}`
	const message, hint = "east is not registered in a fleet: the fleet's project is unknown",
		"set fleet: {project: PROJECT}, or import the facts of registered clusters: kubectl mesh import gke FILE"
	return []ruleCase{
		{name: "nobody says it", spec: fmt.Sprintf(spec, "csm", "", ""), want: []mesh.Problem{found("spec.fleet.project", message, hint, "east")}},
		{name: "its number alone", spec: fmt.Sprintf(spec, "csm", `fleet: {projectNumber: "1"},`, ""), want: []mesh.Problem{
			found("spec.fleet.project", message, hint, "east")}},
		{name: "said", spec: fmt.Sprintf(spec, "csm", "fleet: {project: one},", "")},
		{name: "a member says it", spec: fmt.Sprintf(spec, "csm", "", ", membership: {project: one}")},
		{name: "the trust domain is a pool", spec: fmt.Sprintf(spec, "csm", "trust: {domain: one.svc.id.goog},", "")},
		{name: "no Cloud Service Mesh", spec: fmt.Sprintf(spec, "istio", "", "")},
	}
}

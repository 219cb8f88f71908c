package changes

import (
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

// Step is an action that the changes require.
type Step struct {
	// Does describes the purpose of Command, which is optional.
	Does    string `json:"does"`
	Command string `json:"command,omitempty"`
}

// Steps returns the actions that changes require, in order. flag is what commands need to find the mesh file, with a
// leading space; it can be empty.
func Steps(all []Change, base, head Side, flag string) []Step {
	if len(all) == 0 {
		return nil
	}
	has := func(ids ...ID) bool {
		return slices.ContainsFunc(all, func(c Change) bool { return slices.Contains(ids, c.ID) })
	}
	var steps []Step
	add := func(does, command string) { steps = append(steps, Step{Does: does, Command: command}) }
	if has(errorFound) {
		add("fix the errors that prevent rendering", "kubectl mesh validate"+flag)
	}
	if has(rootPinned, rootNotPinned, authorityMoved, serverMoved, issuerChanged) {
		add("compare addresses and fingerprints with the cluster owners, over a channel other than this repository", "")
	}
	for _, change := range all {
		if change.ID == clusterJoined {
			add("get the facts of "+change.Clusters[0], "kubectl mesh collect --cluster "+shell.Name(change.Clusters[0])+flag)
		}
	}
	add("render and commit the tree with this change", "kubectl mesh render --output-dir deploy"+flag)
	apply := "kubectl mesh render --apply" + flag
	if has(accessRemoved, readerRevoked, policyRemoved, linkRemoved, clusterLeft, credentialStronger, credentialWeakened) {
		apply = "kubectl mesh render --apply --prune" + flag
	}
	add("after the merge, apply it", apply)
	for _, change := range all {
		if change.ID == clusterLeft {
			steps = append(steps, leaving(change.Clusters[0], base)...)
		}
	}
	if has(phaseChanged, intermediateChanged, rootRemoved) {
		add("before the next phase, verify that the workloads have this one", "kubectl mesh ca status"+flag)
	}
	add("verify the mesh", "kubectl mesh check"+flag)
	return steps
}

// leaving removes the mesh's objects from a cluster. Its certificates stay, because its workloads need them.
func leaving(name string, base Side) []Step {
	context, namespace := "CONTEXT_OF_"+name, "istio-system"
	for _, cluster := range clustersOf(base.Mesh) {
		if cluster.Name == name {
			namespace = cluster.Istio.Namespace
			if cluster.Context != "" {
				context = cluster.Context
			}
		}
	}
	kubectl := "kubectl --context=" + shell.Name(context)
	namespaced := kubectl + " -n " + shell.Name(namespace)
	ofMesh := ",kubectl-mesh.dev/mesh=" + base.Summary.Mesh
	ours := " -l " + shell.Name("app.kubernetes.io/managed-by=kubectl-mesh"+ofMesh)
	return []Step{
		{
			Does: "in " + name + ", revoke the credentials of its readers",
			Command: namespaced + " delete serviceaccounts,roles,rolebindings" + ours + " && " +
				kubectl + " delete clusterroles,clusterrolebindings" + ours,
		},
		{
			Does:    "in " + name + ", remove the remote secrets of its peers",
			Command: namespaced + " delete secrets -l " + shell.Name("istio/multiCluster=true"+ofMesh),
		},
	}
}

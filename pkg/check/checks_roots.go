package check

import (
	"fmt"
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

func rootsPickedUp() Check {
	return Check{
		ID:       "CHECK044",
		Severity: mesh.SeverityError,
		Scope:    ScopeCluster,
		After:    "CHECK003",
		Title:    "istiod serves the roots of Secret cacerts",
		Why: "istiod distributes its loaded roots in ConfigMap istio-ca-root-cert. A running istiod does not load " +
			"another root from Secret cacerts unless it runs with ISTIO_MULTIROOT_MESH and already has one of the roots, " +
			"and an istiod that started without the Secret does not load it at all. Until it is restarted, it signs and " +
			"serves as before, and peers with the new root reject its workloads.",
		Remedy: "Restart istiod. Then restart the workloads, or wait for their next certificates. If the Secret is missing " +
			"or has a root that is not in trust/, apply the cluster's overlay instead: a restarted istiod would sign with a " +
			"root that no peer trusts.",
		run: func(s subject) []outcome {
			known := s.facts.Certificates
			if known.Why != "" {
				return unknown(known.Why, "")
			}
			given, served := known.Value.SecretRootSHA256, known.Value.RootSHA256
			switch {
			case len(given) == 0 && s.servesOurs(served):
				return bad(fmt.Sprintf("Secret %s/cacerts is missing, and istiod serves root %s from it until it is "+
					"restarted: then it signs with a root of its own", s.cluster.Istio.Namespace, short(served)), s.apply())
			case len(given) == 0:
				return nil // istiod has no certificates
			case len(served) == 0:
				return unknown("istiod has not created ConfigMap istio-ca-root-cert yet", "")
			case slices.Equal(given, served):
				return ok()
			}
			differs := fmt.Sprintf("Secret %s/cacerts has root %s, but istiod serves %s",
				s.cluster.Istio.Namespace, short(given), short(served))
			if s.servesOurs(served) && !sharesAny(given, s.rootsInFiles()) {
				return bad(differs+", which is a root of this mesh: do not restart istiod before the Secret is restored",
					s.apply()+" --force-conflicts")
			}
			return bad(differs, s.restartIstiodOf(s.cluster))
		},
	}
}

// servesOurs reports whether the cluster's istiod serves a root of trust/ that this mesh applied.
func (s subject) servesOurs(served []string) bool {
	return !s.served() && s.Mesh.Spec.Trust.CA.Provider == v1alpha1.CAProviderFiles && sharesAny(served, s.rootsInFiles())
}

// restartIstiodOf returns the command that restarts a cluster's control plane, wherever it runs.
func (s subject) restartIstiodOf(cluster *v1alpha1.Cluster) string {
	plane := s.signing(cluster)
	return s.kubectlIstio(plane) + " rollout restart deployment/" + access.IstiodService(plane)
}

// rootsInFiles returns the fingerprints of the roots in trust/.
func (s subject) rootsInFiles() []string {
	var sums []string
	for _, root := range s.Roots {
		sums = append(sums, trust.Fingerprint(root))
	}
	return sums
}

// commonRoot explains how a cluster starts to trust a root of the mesh. If its Secret has one, istiod must be
// restarted. If it runs under other roots, the mesh must trust these too: an apply that removes all roots that
// workloads use is refused.
func (s subject) commonRoot(cluster *v1alpha1.Cluster, others []string) string {
	reload := s.Commands.Apply + " && " + s.restartIstiodOf(cluster)
	ours, signer := s.rootsInFiles(), s.signing(cluster)
	if facts := s.Observed[signer.Name]; facts != nil && sharesAny(facts.Certificates.Value.SecretRootSHA256, ours) {
		return reload
	}
	if len(ours) == 0 || len(others) == 0 || sharesAny(others, ours) {
		return reload
	}
	published := ` get configmap istio-ca-root-cert -o jsonpath='{.data.root-cert\.pem}'`
	move := s.kubectlIstio(signer) + published + " | " + s.Commands.Trust + " && " + reload
	pins := slices.Concat(s.Pins.Roots, ours, others)
	if !containsAll(s.Pins.Roots, pins) {
		return "compare the root of " + signer.Name + " with its owner over another channel; then, " +
			v1alpha1.RootsEdit(s.Pins, pins) + "; then: " + move
	}
	return move
}

// signing returns the cluster whose istiod signs for another cluster's workloads.
func (s subject) signing(cluster *v1alpha1.Cluster) *v1alpha1.Cluster {
	if signer, known := s.Graph.Cluster(signerOf(cluster)); known {
		return signer
	}
	return cluster
}

func sharesAny(some, others []string) bool {
	return slices.ContainsFunc(some, func(one string) bool { return slices.Contains(others, one) })
}

func containsAll(set, all []string) bool {
	return !slices.ContainsFunc(all, func(one string) bool { return !slices.Contains(set, one) })
}

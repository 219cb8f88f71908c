package check

import (
	"fmt"
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
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
		Remedy: "Restart istiod. Then restart the workloads, or wait for their next certificates.",
		run: func(s subject) []outcome {
			known := s.facts.Certificates
			if known.Why != "" {
				return unknown(known.Why, "")
			}
			given, served := known.Value.SecretRootSHA256, known.Value.RootSHA256
			switch {
			case len(given) == 0:
				return nil // istiod is given none
			case len(served) == 0:
				return unknown("istiod has not created ConfigMap istio-ca-root-cert yet", "")
			case slices.Equal(given, served):
				return ok()
			}
			return bad(fmt.Sprintf("Secret %s/cacerts has root %s, but istiod serves %s",
				s.cluster.Istio.Namespace, short(given), short(served)),
				"restart istiod: "+s.restartIstiodOf(s.cluster))
		},
	}
}

// restartIstiodOf is the command that restarts the control plane of a cluster, wherever that runs.
func (s subject) restartIstiodOf(cluster *v1alpha1.Cluster) string {
	plane := cluster
	for other := range s.Graph.Clusters() {
		if other.Name == signerOf(cluster) {
			plane = other
		}
	}
	return s.kubectlIstio(plane) + " rollout restart deployment/" + access.IstiodService(plane)
}

package reader

import (
	"github.com/kubectl-mesh/kubectl-mesh/internal/plan"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

// watchesGoOn is what a revocation cannot stop. An API server authenticates and authorizes a request only when it
// starts. A watch ends when it times out, and its client chooses the timeout (timeoutSeconds: Kubernetes v1.37
// staging/src/k8s.io/apiserver/pkg/endpoints/handlers/get.go); the server's --min-request-timeout applies only to
// clients that choose none. Measured in November 2026: an open watch delivered a Secret created 40 seconds after the
// revocation.
const watchesGoOn = "an established watch continues to deliver Secrets until it times out, as late as its client " +
	"requested, or the API server restarts"

// openWatches is the step for which only a restart of the API server is sufficient. The watches of the consumer's
// istiod end when its remote secret is removed; those of anyone else with the credential do not.
func openWatches(link string, target *v1alpha1.Cluster) plan.Step {
	does, command := restart(target)
	return plan.Step{Link: link, Location: target.Name, Action: "if the credential is compromised, " +
		does, Command: command, Effect: watchesGoOn}
}

// restart describes how to restart a cluster's API servers, with the command if there is one.
func restart(target *v1alpha1.Cluster) (does, command string) {
	if gke := target.GKE; gke != nil {
		return "upgrade the control plane, which restarts the API servers",
			"gcloud container clusters upgrade " + shell.Name(gke.Cluster) +
				" --master --project=" + shell.Name(gke.Project) + " --location=" + shell.Name(gke.Location)
	}
	switch target.Platform {
	case v1alpha1.PlatformGKE:
		return "upgrade the control plane, which restarts the API servers", ""
	case v1alpha1.PlatformEKS:
		return "upgrade the control plane (aws eks update-cluster-version), which replaces the API servers; AWS offers no " +
			"other way to restart them", ""
	case v1alpha1.PlatformAKS:
		return "upgrade the control plane (az aks upgrade --control-plane-only), which replaces the API servers; Azure " +
			"offers no other way to restart them", ""
	case v1alpha1.PlatformOpenShift:
		return "restart the API servers", "oc patch kubeapiserver cluster --type=merge -p " +
			`'{"spec":{"forceRedeploymentReason":"revoked reader"}}'`
	case v1alpha1.PlatformK3s:
		return "restart the API server on each server node", "systemctl restart k3s"
	case v1alpha1.PlatformPlain:
	}
	return "restart the API server on each control-plane node", "crictl stop $(crictl ps --quiet --name kube-apiserver)"
}

package cluster

import (
	"context"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/upstream"
)

// Istiod is the control plane that runs in a cluster.
type Istiod struct {
	// Seen is set if the Deployments could be listed.
	Seen bool
	// Deployment of istiod; empty if there is none, or several and none of the requested revision.
	Deployment string
	// Rollout is the Deployment's revision; empty if its controller has set none. It changes when the pods are replaced.
	Rollout string
	// Release in its image or labels; without numbers if neither has it.
	Release upstream.Version
}

// Istiod reads istiod's Deployment. If it may not be listed, that is no error, and Seen is false.
func (c *Client) Istiod(ctx context.Context, ask Ask) (Istiod, error) {
	r := reader{Client: c, ctx: ctx, ask: ask}
	found, err := r.controlPlanes()
	if err != nil || found == nil {
		return Istiod{}, err
	}
	istiod := Istiod{Seen: true}
	revision, why := pickRevision(found, ask)
	if deployment := found[revision]; deployment != nil && why == "" {
		r.controlPlane(revision, deployment)
		istiod.Deployment, istiod.Release = deployment.Name, upstream.VersionOf(r.facts.Istio.Version)
		istiod.Rollout = deployment.Annotations["deployment.kubernetes.io/revision"]
	}
	return istiod, nil
}

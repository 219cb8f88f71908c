package cluster

import (
	"context"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/upstream"
)

// Istiod is the control plane that runs in a cluster.
type Istiod struct {
	// Seen tells that the Deployments could be listed.
	Seen bool
	// Deployment of istiod; empty where there is none, or where several are and none is the one that is asked for.
	Deployment string
	// Rollout counts the pod templates that the Deployment has had; empty where its controller has counted none. Another
	// one says that the pods were replaced.
	Rollout string
	// Release that its image or its labels tell; without numbers where neither does.
	Release upstream.Version
}

// Istiod looks for the Deployment of istiod. That it may not be listed is no error: then it was not seen.
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

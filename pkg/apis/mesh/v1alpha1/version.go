package v1alpha1

import "github.com/kubectl-mesh/kubectl-mesh/pkg/upstream"

// Release is the version of the control plane, for what depends on it. One that says no version is a current one.
func (i Istio) Release() upstream.Version { return upstream.VersionOf(i.Version) }

// KubernetesRelease is the version of the API server. One that is not known is a current one.
func (c *Cluster) KubernetesRelease() upstream.Version {
	return upstream.VersionOf(c.KubernetesVersion)
}

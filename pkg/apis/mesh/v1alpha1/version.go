package v1alpha1

import "github.com/kubectl-mesh/kubectl-mesh/pkg/upstream"

// Release returns the control plane's version. An unspecified one counts as current.
func (i Istio) Release() upstream.Version { return upstream.VersionOf(i.Version) }

// KubernetesRelease returns the API server's version. An unknown one counts as current.
func (c *Cluster) KubernetesRelease() upstream.Version {
	return upstream.VersionOf(c.KubernetesVersion)
}

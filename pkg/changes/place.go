package changes

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/summary"
)

// clusterSpecs returns the clusters that are in both meshes.
func (c *comparison) clusterSpecs() []changed[v1alpha1.Cluster] {
	name := func(cluster v1alpha1.Cluster) string { return cluster.Name }
	_, _, both := match(clustersOf(c.base.Mesh), clustersOf(c.head.Mesh), name)
	return both
}

// gone returns the place of something removed, without a line, because the file has changed.
func gone(at summary.Place) summary.Place {
	at.Line = 0
	return at
}

func clustersOf(mesh *v1alpha1.Mesh) []v1alpha1.Cluster {
	if mesh == nil {
		return nil
	}
	return mesh.Spec.Clusters
}

// field returns the place of a field on the head side.
func (c *comparison) field(path string) summary.Place {
	if c.head.Where == nil {
		return summary.Place{}
	}
	file, line := c.head.Where(path)
	return summary.Place{File: file, Line: int32(min(line, math.MaxInt32)), Field: path} //nolint:gosec // it is bounded
}

// fieldOf returns the place of a cluster's field.
func (c *comparison) fieldOf(cluster, path string) summary.Place {
	for i, known := range clustersOf(c.head.Mesh) {
		if known.Name == cluster {
			return c.field(fmt.Sprintf("spec.clusters[%d].%s", i, path))
		}
	}
	return summary.Place{}
}

// sum returns a digest of a long value; empty if there is none.
func sum(text string) string {
	if text == "" {
		return ""
	}
	digest := sha256.Sum256([]byte(text))
	return "SHA-256 " + hex.EncodeToString(digest[:])
}

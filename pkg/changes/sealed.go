package changes

import (
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/summary"
)

// Sealed is a sealed file.
type Sealed struct {
	// File relative to the directory of mesh.yaml, and the cluster that gets it.
	File, Cluster string
	// Digest of the whole file.
	Digest string
	// Facts about the content, from its annotations.
	Facts []string
}

// sealed reports changed ciphertext, and new ciphertext for an existing credential. That of a new grant or cluster is
// part of that change.
func (c *comparison) sealed() {
	_, added, both := match(c.base.Sealed, c.head.Sealed, func(s Sealed) string { return s.File })
	for _, file := range added {
		if c.base.has(file.Cluster) && c.hadCredential(file) {
			c.resealed(Sealed{}, file)
		}
	}
	for _, pair := range both {
		if pair.base.Digest != pair.head.Digest {
			c.resealed(*pair.base, *pair.head)
		}
	}
}

// hadCredential reports whether the base side has the credential of a sealed file.
func (c *comparison) hadCredential(file Sealed) bool {
	if file.File == layout.SealedFile(file.Cluster, layout.CACerts) {
		return slices.ContainsFunc(c.base.Summary.Trust.Intermediates, func(i summary.Intermediate) bool {
			return i.Cluster == file.Cluster && !i.Missing
		})
	}
	return slices.ContainsFunc(c.base.Summary.RemoteAccess, func(access summary.RemoteAccess) bool {
		sealed := layout.SealedFile(file.Cluster, layout.RemoteSecret(access.Target))
		return access.Consumer == file.Cluster && !access.Revoked && file.File == sealed
	})
}

func (c *comparison) resealed(before, after Sealed) {
	change := Change{
		Object:   "sealed/" + after.File,
		Class:    "ciphertext",
		Clusters: []string{after.Cluster},
		At:       summary.Place{File: after.File},
		Says:     say("%s gets another sealed credential", after.Cluster),
		Before:   missing(after.Facts, before.Facts),
		After:    missing(before.Facts, after.Facts),
	}
	if change.Before == nil && change.After == nil {
		change.More = append(change.More, say("its annotations are unchanged"))
	}
	c.add(sealedChanged, change)
}

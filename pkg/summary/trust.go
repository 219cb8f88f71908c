package summary

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

func (b *builder) trust() Trust {
	declared := b.Mesh.Spec.Trust
	found := Trust{At: b.at("spec.trust.ca"), Provider: string(declared.CA.Provider), DomainAliases: sorted(declared.DomainAliases)}
	if declared.CA.Provider == v1alpha1.CAProviderFiles {
		found.Keys = string(declared.CA.Keys)
	}
	present, err := trust.Roots(b.Root, b.Bundles)
	found.Roots = b.roots(present)
	found.Rotation = b.rotation(err)
	found.Intermediates = b.intermediates(present)
	return found
}

// roots are those that are pinned, present in trust/ or reported by a cluster.
func (b *builder) roots(inTrust []trust.Root) []Root {
	all := map[string]*Root{}
	root := func(sha256 string) *Root {
		if all[sha256] == nil {
			all[sha256] = &Root{ID: "root/" + sha256, SHA256: sha256}
		}
		return all[sha256]
	}
	for cluster := range b.Graph.Clusters() {
		if cluster.Installed == nil {
			continue
		}
		for i, sha256 := range cluster.Installed.RootSHA256 {
			r := root(sha256)
			r.TrustedBy = append(r.TrustedBy, cluster.Name)
			if len(r.TrustedBy) == 1 && b.Locate != nil {
				r.At = b.in(cluster.Name, fmt.Sprintf("installed.rootSHA256[%d]", i))
			}
		}
	}
	for i := range inTrust {
		r := root(inTrust[i].SHA256)
		r.At, r.Present, r.Signs = b.file(layout.RootCertificate()), true, inTrust[i].Signs
		r.Subject, r.Expires = inTrust[i].Subject, inTrust[i].NotAfter.Format(time.RFC3339)
	}
	for i, sha256 := range b.Mesh.Spec.Trust.CA.Roots {
		r := root(sha256)
		r.Pinned, r.At = true, b.at("spec.trust.ca.roots[%d]", i)
	}
	list := []Root{}
	for _, sha256 := range slices.Sorted(maps.Keys(all)) {
		list = append(list, *all[sha256])
	}
	return list
}

// rotation is read off the certificates; unreadable is why the roots cannot be read.
func (b *builder) rotation(unreadable error) *Rotation {
	if b.Root == nil {
		return nil
	}
	found := &Rotation{ID: "rotation", Applied: b.applied()}
	rotation, err := trust.ReadRotation(b.Root, b.Bundles)
	if unreadable != nil {
		err = unreadable
	}
	if err != nil {
		found.Problem = err.Error()
		return found
	}
	found.Phase, found.Old = string(rotation.Phase), trust.Fingerprint(rotation.Old)
	if rotation.New != nil {
		found.New = trust.Fingerprint(rotation.New)
	}
	found.Behind, found.Foreign = rotation.Behind, rotation.Foreign
	return found
}

func (b *builder) applied() []AppliedPhase {
	var all []AppliedPhase
	for _, cluster := range slices.Sorted(maps.Keys(b.Phases)) {
		if phase := b.Phases[cluster]; phase != nil {
			all = append(all, AppliedPhase{At: b.file(layout.State()), Cluster: cluster, Phase: phase.Phase, Root: phase.Root})
		}
	}
	return all
}

// intermediates are those that clusters sign with, where the workspace has certificates of its own.
func (b *builder) intermediates(roots []trust.Root) []Intermediate {
	all := []Intermediate{}
	if b.Mesh.Spec.Trust.CA.Provider != v1alpha1.CAProviderFiles {
		return all
	}
	for cluster := range b.Graph.Clusters() {
		if !access.Signs(cluster) {
			continue
		}
		found := Intermediate{ID: "intermediate/" + cluster.Name, At: b.file(layout.TrustFile(cluster.Name, trust.CACertFile)), Cluster: cluster.Name}
		bundle, there := b.Bundles[cluster.Name]
		certificate, err := bundle.Certificate()
		switch {
		case !there:
			found.Missing = true
		case err != nil:
			found.Problem = err.Error()
		default:
			found.Certificate = certificateOf(certificate)
		}
		for i := range roots {
			if slices.Contains(roots[i].Signs, cluster.Name) {
				found.Root = roots[i].SHA256 // the last of two is the new one
			}
		}
		all = append(all, found)
	}
	return all
}

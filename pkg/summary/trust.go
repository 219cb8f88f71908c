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

// Trust defines which certificates the clusters trust.
type Trust struct {
	// At is the location of the CA's declaration.
	At Place `json:"at,omitzero"`
	// Provider of signing certificates: files, external, certManager, meshCA or none.
	// +required
	Provider string `json:"provider"`
	// Keys is where signing keys are stored, for provider files: workspace or cluster.
	Keys string `json:"keys,omitempty"`
	// DomainAliases are trust domains whose identities are equivalent to those of the mesh.
	DomainAliases []string `json:"domainAliases,omitempty"`
	// Roots that are pinned, present in trust/, or reported by a cluster, by SHA-256.
	// +required
	Roots []Root `json:"roots"`
	// Rotation of the root, derived from the certificates; omitted without certificates.
	Rotation *Rotation `json:"rotation,omitempty"`
	// Intermediates that istiod signs with, by cluster.
	// +required
	Intermediates []Intermediate `json:"intermediates"`
}

// Root is a root certificate that is pinned in mesh.yaml, present in trust/, or reported by a
// cluster.
type Root struct {
	// ID of the item: root/SHA256.
	// +required
	ID string `json:"id"`
	// At is the location of the pin, or else of the certificate.
	At Place `json:"at,omitzero"`
	// SHA256 of the certificate in lower-case hexadecimal digits.
	// +required
	SHA256 string `json:"sha256"`
	// Subject, if the certificate is in trust/.
	Subject string `json:"subject,omitempty"`
	// Expires is the end of its validity, in RFC 3339 format.
	Expires string `json:"expires,omitempty"`
	// Pinned by spec.trust.ca.roots.
	Pinned bool `json:"pinned,omitempty"`
	// Present in trust/root-cert.pem.
	Present bool `json:"present,omitempty"`
	// Signs are the clusters whose signing certificates chain to it.
	Signs []string `json:"signs,omitempty"`
	// TrustedBy are the clusters that report it as trusted (installed.rootSHA256).
	TrustedBy []string `json:"trustedBy,omitempty"`
}

// Rotation is the state of a root rotation.
type Rotation struct {
	// ID of the item: rotation.
	// +required
	ID string `json:"id"`
	// Phase of the files: steady, trust or sign; omitted if it cannot be determined.
	Phase string `json:"phase,omitempty"`
	// Old is the SHA-256 of the current root, or of the first of two roots.
	Old string `json:"old,omitempty"`
	// New is the SHA-256 of the second root.
	New string `json:"new,omitempty"`
	// Behind are the clusters that still sign under the old root.
	Behind []string `json:"behind,omitempty"`
	// Foreign are the clusters that sign under neither root.
	Foreign []string `json:"foreign,omitempty"`
	// Problem is why the phase cannot be determined.
	Problem string `json:"problem,omitempty"`
	// Applied are the phases recorded for clusters.
	Applied []AppliedPhase `json:"applied,omitempty"`
}

// AppliedPhase is the rotation phase that was applied to a cluster.
type AppliedPhase struct {
	// At is the location of the record.
	At Place `json:"at,omitzero"`
	// Cluster that the phase was applied to.
	// +required
	Cluster string `json:"cluster"`
	// Phase: trust or sign.
	// +required
	Phase string `json:"phase"`
	// Root is the SHA-256 of the new root.
	// +required
	Root string `json:"root"`
}

// Intermediate is the signing certificate of a cluster's istiod.
type Intermediate struct {
	// ID of the item: intermediate/CLUSTER.
	// +required
	ID string `json:"id"`
	// At is the file of the certificate.
	At Place `json:"at,omitzero"`
	// Cluster that signs with it.
	// +required
	Cluster string `json:"cluster"`
	// Certificate itself.
	Certificate `json:",inline"`
	// Root is the SHA-256 of the root that the certificate chains to; omitted if there is none.
	Root string `json:"root,omitempty"`
	// Missing indicates that the certificate does not exist yet.
	Missing bool `json:"missing,omitempty"`
	// Problem is why the certificate cannot be read.
	Problem string `json:"problem,omitempty"`
}

func (b *builder) trust() Trust {
	declared := b.Mesh.Spec.Trust
	found := Trust{
		At:            b.at("spec.trust.ca"),
		Provider:      string(declared.CA.Provider),
		DomainAliases: sortedCopy(declared.DomainAliases),
	}
	if declared.CA.Provider == v1alpha1.CAProviderFiles {
		found.Keys = string(declared.CA.Keys)
	}
	present, err := trust.Roots(b.Root, b.Bundles)
	found.Roots = b.roots(present)
	found.Rotation = b.rotation(err)
	found.Intermediates = b.intermediates(present)
	return found
}

// roots returns the roots that are pinned, in trust/, or reported by a cluster.
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

// rotation is derived from the certificates; unreadable explains why the roots cannot be read.
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

// intermediates returns the signing certificates of clusters, if the workspace has them.
func (b *builder) intermediates(roots []trust.Root) []Intermediate {
	all := []Intermediate{}
	if b.Mesh.Spec.Trust.CA.Provider != v1alpha1.CAProviderFiles {
		return all
	}
	for cluster := range b.Graph.Clusters() {
		if !access.Signs(cluster) {
			continue
		}
		found := Intermediate{
			ID:      "intermediate/" + cluster.Name,
			At:      b.file(layout.TrustFile(cluster.Name, trust.CACertFile)),
			Cluster: cluster.Name,
		}
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

package render

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

// Missing is an input that does not exist yet: an address, a certificate, a fact, a credential.
type Missing struct {
	// Why is a clause that names the input, Next the command or edit that supplies it.
	Why, Next string
}

// Held is a file that cannot be rendered yet. Nothing of it is pruned or deleted, neither in a cluster nor on the
// disk: GitOps would remove from a cluster what is removed from git.
type Held struct {
	Missing
	Cluster string
	// File is a path in the tree; empty for an object of a stream that is in no file of a tree.
	File string
	// Peer is the cluster that a part of a file is about; empty where the whole file is held back.
	Peer string
	// Secret files are in the tree of credentials, others in the reviewed one.
	Secret bool
	// Objects that the file is to hold, by kind and name alone.
	Objects []Object
	// Retained: an earlier rendering wrote the file, and it stays as it is.
	Retained bool
}

// Names are those of the objects, or of the file where it holds none.
func (h Held) Names() string {
	if len(h.Objects) == 0 {
		return h.Path()
	}
	names := make([]string, len(h.Objects))
	for i, object := range h.Objects {
		names[i] = *object.GetKind() + " " + *object.GetNamespace() + "/" + *object.GetName()
	}
	return strings.Join(names, ", ")
}

// add takes manifests into an overlay: those that lack an input are held back.
func (o *Overlay) add(manifests ...Manifest) {
	for _, m := range manifests {
		if m.Missing == nil {
			o.Manifests = append(o.Manifests, m)
			continue
		}
		file := layout.OverlayFile(o.Cluster, m.File)
		if m.Secret {
			file = path.Join(o.Cluster, m.File)
		}
		o.Held = append(o.Held, Held{Missing: *m.Missing, Cluster: o.Cluster, File: file, Peer: m.Peer, Secret: m.Secret,
			Objects: m.Objects, Retained: m.Kept != nil})
		if m.Kept != nil {
			o.Manifests = append(o.Manifests, Manifest{File: m.File, Peer: m.Peer, Kept: m.Kept})
		}
	}
}

// kept are the names of the files of one tree that are held back and were written before.
func kept(held []Held, isSecret bool, written map[string]bool) []string {
	var names []string
	for _, h := range held {
		if h.Secret == isSecret && h.Peer == "" && written[h.File] {
			names = append(names, path.Base(h.File))
		}
	}
	return names
}

// HeldBack lists what of a mesh cannot be rendered yet, credentials apart: of all clusters unless some are named.
func HeldBack(in Input, only []string) ([]Held, error) {
	return heldOf(in, only, func(c compiler, overlay *Overlay) error {
		err := c.await(overlay, Options{})
		overlay.Held = slices.Concat(overlay.Held, in.heldValues(c.cluster), in.heldAuthentication(c.cluster))
		return err
	})
}

// HeldCredentials lists the files of the tree of credentials that cannot be rendered yet.
func HeldCredentials(in Input, only []string) ([]Held, error) {
	return heldOf(in, only, func(c compiler, overlay *Overlay) error {
		secrets, err := c.secrets()
		overlay.add(secrets...)
		return err
	})
}

// heldOf sorts what is held back by what is missing.
func heldOf(in Input, only []string, list func(compiler, *Overlay) error) ([]Held, error) {
	all, err := forEach(chosen(in, only), func(name string) ([]Held, error) {
		cluster, ok := in.Graph.Cluster(name)
		if !ok {
			return nil, noCluster(name)
		}
		overlay := Overlay{Cluster: name}
		err := list(newCompiler(in, cluster), &overlay)
		return overlay.Held, err
	})
	held := slices.Concat(all...)
	slices.SortStableFunc(held, func(a, b Held) int {
		return cmp.Or(strings.Compare(a.Why, b.Why), strings.Compare(a.Next, b.Next))
	})
	return held, err
}

// heldValues are values of charts that lead to a gateway without an address.
func (in Input) heldValues(cluster *v1alpha1.Cluster) []Held {
	var held []Held
	for _, chart := range in.charts(cluster) {
		if chart.Entrance != nil {
			held = append(held, Held{
				Missing: *noAddress(chart.Entrance),
				Cluster: cluster.Name,
				File:    layout.HelmValues(cluster.Name, chart.Name),
			})
		}
	}
	return held
}

// noRoot is why no cluster of a mesh has certificates.
const noRoot = "the clusters share no root of trust"

// Path of the file, from the directory of mesh.yaml, with the part of it that is held back.
func (h Held) Path() string {
	if h.Secret {
		return path.Join(layout.PrivateTree(), h.File)
	}
	return layout.Deployed(h.File) + h.Part()
}

// Part names the object of a file that holds others too; empty where the whole file is held back.
func (h Held) Part() string {
	if h.Peer == "" || len(h.Objects) == 0 {
		return ""
	}
	object := inFile(h.Objects)
	return " (" + *object.GetKind() + " " + *object.GetName() + ")"
}

// noAddress is about the gateway of a cluster, nil where its address is known.
func noAddress(of *v1alpha1.Cluster) *Missing {
	if len(of.EastWest().Addresses) > 0 {
		return nil
	}
	return &Missing{
		Why: "the east-west gateway of " + of.Name + " has no address",
		Next: "apply the gateway of " + of.Name + ", then: " + collectCommand(of) +
			"; or set gateway: {addresses: [ADDRESS]} for " + of.Name,
	}
}

// noServer is about the API server of a cluster, nil where the control plane of this one has an address for it.
func (c compiler) noServer(target *v1alpha1.Cluster) *Missing {
	if topology.AddressFor(c.cluster, target).API.Server != "" {
		return nil
	}
	next := collectCommand(target) + "; or set api: {server: https://HOST:PORT} for " + target.Name
	if target.GKE != nil {
		next = "kubectl mesh import gke FILE; or set api: {server: https://HOST:PORT} for " + target.Name
	}
	return &Missing{Why: target.Name + " has no API server address that " + c.cluster.Name + " reaches", Next: next}
}

// collectCommand has the facts of a cluster collected, by whoever reaches it.
func collectCommand(of *v1alpha1.Cluster) string {
	command := "kubectl mesh collect --cluster " + of.Name
	if of.Context == "" {
		command += " --context CONTEXT"
	}
	return command
}

// noCertificates is about the certificates of the cluster, nil where it has some or needs none.
func (c compiler) noCertificates() *Missing {
	ca := c.Mesh.Spec.Trust.CA
	if _, ok := c.Bundles[c.cluster.Name]; ok || !access.Signs(c.cluster) || !access.NeedsRoot(c.Mesh, c.Graph) {
		return nil
	}
	missing := &Missing{
		Why:  c.cluster.Name + " has no signing certificate",
		Next: "kubectl mesh ca issue --cluster " + c.cluster.Name,
	}
	if ca.Keys == v1alpha1.CAKeysCluster {
		missing.Next = "kubectl mesh ca request --cluster " + c.cluster.Name + ", at the site that keeps its key; " +
			"then: kubectl mesh ca sign"
	}
	if len(c.Bundles) > 0 {
		return missing
	}
	missing.Why, missing.Next = noRoot, access.FirstCertificates(ca, c.Root != nil)
	return missing
}

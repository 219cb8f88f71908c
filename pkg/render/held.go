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

// Missing is an input that does not exist yet: an address, a certificate, a fact or a credential.
type Missing struct {
	// Why is a clause that names the input; Next is the command or edit that supplies it.
	Why, Next string
}

// Held is a file that cannot be rendered yet. It is never pruned or deleted, neither in a cluster nor on disk: GitOps
// would remove from the cluster what is removed from Git.
type Held struct {
	Missing
	Cluster string
	// File is a path in the tree; empty for an object of a stream that is in no file.
	File string
	// Peer is the cluster that the held part of a file describes; empty if the whole file is held back.
	Peer string
	// Secret files are in the credentials tree, others in the reviewed one.
	Secret bool
	// Objects that the file will contain, with kind and name only.
	Objects []Object
	// Retained is set if an earlier rendering wrote the file, which is kept unchanged.
	Retained bool
}

// Names returns the names of the objects, or of the file if there are none.
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

// add adds manifests to an overlay, and holds back those with a missing input.
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

// kept returns the held files of a tree that were written before.
func kept(held []Held, isSecret bool, written map[string]bool) []string {
	var names []string
	for _, h := range held {
		if h.Secret == isSecret && h.Peer == "" && written[h.File] {
			names = append(names, path.Base(h.File))
		}
	}
	return names
}

// HeldBack lists what cannot be rendered yet, except credentials, for the named clusters or all.
func HeldBack(in Input, only []string) ([]Held, error) {
	return heldOf(in, only, func(c compiler, overlay *Overlay) error {
		err := c.await(overlay, Options{})
		overlay.Held = slices.Concat(overlay.Held, in.heldValues(c.cluster), in.heldAuthentication(c.cluster))
		return err
	})
}

// HeldCredentials lists the files of the credentials tree that cannot be rendered yet.
func HeldCredentials(in Input, only []string) ([]Held, error) {
	return heldOf(in, only, func(c compiler, overlay *Overlay) error {
		secrets, err := c.secrets()
		overlay.add(secrets...)
		return err
	})
}

// heldOf sorts held files by what is missing.
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

// heldValues are Helm values that refer to a gateway without an address.
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

// noRoot explains why no cluster has certificates.
const noRoot = "the clusters share no root of trust"

// Path of the file, relative to the directory of mesh.yaml, with the held part.
func (h Held) Path() string {
	if h.Secret {
		return path.Join(layout.PrivateTree(), h.File)
	}
	return layout.Deployed(h.File) + h.Part()
}

// Part returns the object that is held back in a file with others; empty if the whole file is held back.
func (h Held) Part() string {
	if h.Peer == "" || len(h.Objects) == 0 {
		return ""
	}
	object := inFile(h.Objects)
	return " (" + *object.GetKind() + " " + *object.GetName() + ")"
}

// noAddress reports a gateway without a known address; nil if it is known.
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

// noServer reports a target for which this cluster's control plane has no address; nil if it has one.
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

// collectCommand returns the command that collects a cluster's facts, for a user with access to it.
func collectCommand(of *v1alpha1.Cluster) string {
	command := "kubectl mesh collect --cluster " + of.Name
	if of.Context == "" {
		command += " --context CONTEXT"
	}
	return command
}

// noCertificates reports missing certificates of the cluster; nil if it has some or needs none.
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

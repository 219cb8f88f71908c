package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"k8s.io/client-go/rest"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apply"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// site is one cluster in which a few objects are changed, and nothing else: it has proved to be the
// one that is meant.
type site struct {
	*v1alpha1.Cluster
	mesh   string
	config *rest.Config
	reader *cluster.Client
	writer *apply.Client
	// force takes fields over that others own.
	force bool
}

// openSite opens a cluster, which has to prove its identity.
func (f *liveFlags) openSite(ctx context.Context, ws *workspace, name string) (*site, error) {
	declared, _ := ws.graph.Cluster(name)
	config, err := f.proven(ctx, ws, declared)
	if err != nil {
		return nil, err
	}
	s := &site{Cluster: declared, mesh: ws.doc.Mesh.Metadata.Name, config: config}
	if s.reader, err = cluster.Open(config); err != nil {
		return nil, err
	}
	s.writer, err = apply.Open(config)
	return s, err
}

// away says why nobody can be asked from here: a mesh.yaml that several people share names contexts that
// not all of them have.
func (f *liveFlags) away(cluster *v1alpha1.Cluster) error {
	switch {
	case cluster.Context == "":
		return errors.New("it has no context in mesh.yaml")
	case f.raw.Contexts[cluster.Context] == nil:
		return fmt.Errorf("its context %q is not in the kubeconfig", cluster.Context)
	}
	return nil
}

// refuseContext: one context is not that of two clusters.
func (f *liveFlags) refuseContext() error {
	if *f.Context == "" {
		return nil
	}
	return inputErrorf("write context: NAME into each cluster of mesh.yaml", "--context is one cluster's, and a link has two")
}

func (s *site) inventory(entries []apply.Entry) apply.Inventory {
	return apply.Inventory{Mesh: s.mesh, Namespace: s.Istio.Namespace, Labels: render.Labels(s.mesh), Entries: entries}
}

// bring applies objects, and nothing where they are as they should be. The inventory knows of them
// before they are there.
func (s *site) bring(ctx context.Context, objects []render.Object) error {
	plan, err := s.writer.Plan(ctx, objects, s.force)
	if err != nil {
		return s.failed(err)
	}
	if !slices.ContainsFunc(plan, func(c apply.Change) bool { return c.Action != apply.ActionUnchanged }) {
		return nil
	}
	before, err := s.writer.ReadInventory(ctx, s.inventory(nil))
	if err != nil {
		return s.failed(err)
	}
	announced := apply.Announce(before, plan)
	if err := s.writer.WriteInventory(ctx, s.inventory(announced)); err != nil {
		return s.failed(err)
	}
	made, err := s.writer.Apply(ctx, plan, s.force)
	settling, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTime)
	defer cancel()
	return s.failed(errors.Join(err, s.writer.WriteInventory(settling, s.inventory(apply.Settle(announced, made, nil)))))
}

// end removes objects of ours, and tells which.
func (s *site) end(ctx context.Context, objects []render.Object) ([]apply.Entry, error) {
	var refs []apply.Ref
	for _, object := range objects {
		ref, err := apply.RefOf(object)
		if err != nil {
			return nil, err
		}
		refs = append(refs, ref)
	}
	gone, err := s.writer.Remove(ctx, refs, render.Labels(s.mesh))
	settling, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTime)
	defer cancel()
	before, inventoryErr := s.writer.ReadInventory(settling, s.inventory(nil))
	if inventoryErr == nil && before != nil {
		after := apply.Settle(before, nil, gone)
		if !slices.Equal(before, after) {
			inventoryErr = s.writer.WriteInventory(settling, s.inventory(after))
		}
	}
	return gone, s.failed(errors.Join(err, inventoryErr))
}

func (s *site) failed(err error) error {
	if err == nil {
		return nil
	}
	return inCluster{s.Name, err}
}

// say tells what was done in the cluster.
func (s *site) say(errOut System, format string, args ...any) {
	fmt.Fprintf(errOut.ErrOut, "%s: %s\n", s.Name, fmt.Sprintf(format, args...))
}

package reader

import (
	"context"
	"errors"
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/internal/live"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apply"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// site is one cluster in which a few objects are changed, and nothing else.
type site struct {
	*live.Cluster
	mesh string
	// force takes ownership of fields of other field managers.
	force bool
	tell  hint.Tell
}

// openSite opens a cluster, which has to prove its identity.
func openSite(ctx context.Context, clusters *live.Clusters, ws *workspace.Workspace, name string, tell hint.Tell) (*site, error) {
	if err := ws.CheckCluster(name); err != nil {
		return nil, err
	}
	declared, _ := ws.Graph.Cluster(name)
	opened, err := clusters.Open(ctx, declared, live.RequireProof)
	if err != nil {
		return nil, err
	}
	return &site{Cluster: opened, mesh: ws.Doc.Mesh.Metadata.Name, tell: tell}, nil
}

func (s *site) inventory(entries []apply.Entry) apply.Inventory {
	return apply.Inventory{Mesh: s.mesh, Namespace: s.Istio.Namespace, Labels: access.Labels(s.mesh), Entries: entries}
}

// apply applies objects, and nothing where they are as they should be. The inventory knows of them
// before they are there.
func (s *site) apply(ctx context.Context, objects []render.Object) error {
	plan, err := s.Writer.Plan(ctx, objects, s.force)
	if err != nil {
		return s.failed(err)
	}
	if !slices.ContainsFunc(plan, func(c apply.Change) bool { return c.Action != apply.ActionUnchanged }) {
		return nil
	}
	before, err := s.Writer.ReadInventory(ctx, s.inventory(nil))
	if err != nil {
		return s.failed(err)
	}
	announced := apply.Announce(before, plan)
	if err := s.Writer.WriteInventory(ctx, s.inventory(announced)); err != nil {
		return s.failed(err)
	}
	made, err := s.Writer.Apply(ctx, plan, s.force)
	settling, cancel := live.Settling(ctx)
	defer cancel()
	return s.failed(errors.Join(err, s.Writer.WriteInventory(settling, s.inventory(apply.Settle(announced, made, nil)))))
}

// remove removes objects of ours, and tells which.
func (s *site) remove(ctx context.Context, objects []render.Object) ([]apply.Entry, error) {
	var refs []apply.Ref
	for _, object := range objects {
		ref, err := apply.RefOf(object)
		if err != nil {
			return nil, err
		}
		refs = append(refs, ref)
	}
	gone, err := s.Writer.Remove(ctx, refs, access.Labels(s.mesh))
	settling, cancel := live.Settling(ctx)
	defer cancel()
	before, inventoryErr := s.Writer.ReadInventory(settling, s.inventory(nil))
	if inventoryErr == nil && before != nil {
		after := apply.Settle(before, nil, gone)
		if !slices.Equal(before, after) {
			inventoryErr = s.Writer.WriteInventory(settling, s.inventory(after))
		}
	}
	return gone, s.failed(errors.Join(err, inventoryErr))
}

func (s *site) failed(err error) error { return hint.Prefix(err, s.Name+": ") }

// say tells what was done in the cluster.
func (s *site) say(format string, args ...any) { s.tell.Say(s.Name+": "+format, args...) }

package reader

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/live"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apply"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// site is a cluster in which only a few objects are changed.
type site struct {
	*live.Cluster
	session *apply.Session
	mesh    string
	// force takes ownership of other field managers' fields.
	force bool
	log   hint.Log
}

// openSite opens a cluster and verifies its identity.
func openSite(
	ctx context.Context, clusters *live.Clusters, ws *workspace.Workspace, name string, log hint.Log,
) (*site, error) {
	declared, err := ws.Cluster(name)
	if err != nil {
		return nil, err
	}
	opened, err := clusters.Open(ctx, declared, live.RequireProof)
	if err != nil {
		return nil, err
	}
	mesh := ws.Doc.Mesh.Metadata.Name
	session := opened.Writer.Session(apply.Scope{
		Mesh:      mesh,
		Namespace: opened.Istio.Namespace,
		Labels:    access.Labels(mesh),
	})
	return &site{Cluster: opened, session: session, mesh: mesh, log: log}, nil
}

// apply applies objects that differ.
func (s *site) apply(ctx context.Context, objects []render.Object) error {
	s.session.Force = s.force
	plan, err := s.session.Plan(ctx, objects)
	if err != nil {
		return s.failed(err)
	}
	if !slices.ContainsFunc(plan, func(c apply.Change) bool { return c.Action != apply.ActionUnchanged }) {
		return nil
	}
	_, err = s.session.Apply(ctx, plan)
	return s.failed(errors.Join(err, s.session.Settle(ctx)))
}

// remove deletes our objects, and returns those that no longer exist.
func (s *site) remove(ctx context.Context, objects []render.Object) ([]apply.Entry, error) {
	var refs []apply.Ref
	for _, object := range objects {
		ref, err := apply.RefOf(object)
		if err != nil {
			return nil, err
		}
		refs = append(refs, ref)
	}
	gone, err := s.session.Delete(ctx, refs)
	return gone, s.failed(errors.Join(err, s.session.Settle(ctx)))
}

// restart replaces the pods of an Istio Deployment, and waits until they are available.
func (s *site) restart(ctx context.Context, deployment string, at time.Time) error {
	return s.failed(s.session.Restart(ctx, apply.Restart{Namespace: s.Istio.Namespace, Name: deployment, At: at}))
}

func (s *site) failed(err error) error { return hint.Prefix(err, s.Name+": ") }

// info reports what was done in the cluster.
func (s *site) info(format string, args ...any) { s.log.Info(s.Name+": "+format, args...) }

// Package sample deploys the verification workload for the duration of a check, in clusters that do not have it.
package sample

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/live"
	"github.com/kubectl-mesh/kubectl-mesh/internal/parallel"
	"github.com/kubectl-mesh/kubectl-mesh/internal/progress"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apply"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// removeTime bounds the removal, also after an interrupt.
const removeTime = 30 * time.Second

// Input selects the clusters that get the sample.
type Input struct {
	Workspace *workspace.Workspace
	Clusters  *live.Clusters
	Targets   []string
	Log       hint.Log
}

// Deployment is the sample in clusters that did not have it.
type Deployment struct {
	Input
	members []*member
}

// member is a cluster and what was created in it.
type member struct {
	*v1alpha1.Cluster
	live    *live.Cluster
	session *apply.Session
	plan    []apply.Change
	made    []apply.Change
}

// During has the sample deployed in every target while work runs. It reports the outcome after the removal.
func During(ctx context.Context, in Input, work func(context.Context) error) error {
	stay, err := Deploy(ctx, in)
	if err != nil {
		return err
	}
	outcome := work(ctx)
	return cmp.Or(stay.Remove(ctx), outcome)
}

// Deploy applies the sample if there is none. It verifies every context before the first change, and reverts after a
// failure.
func Deploy(ctx context.Context, in Input) (*Deployment, error) {
	s := &Deployment{Input: in}
	for _, name := range in.Targets {
		declared, err := in.Workspace.Cluster(name)
		if err != nil {
			return nil, err
		}
		s.members = append(s.members, &member{Cluster: declared})
	}
	if err := s.inAll(ctx, s.prepare); err != nil {
		return nil, hint.Add(err, "nothing was changed in any cluster")
	}
	if err := s.inAll(ctx, s.apply); err != nil {
		return nil, errors.Join(err, s.Remove(ctx))
	}
	return s, nil
}

// inAll performs a step in all clusters concurrently.
func (s *Deployment) inAll(ctx context.Context, step func(context.Context, *member) error) error {
	var errs []error
	work := func(ctx context.Context, m *member) error {
		defer progress.Begin(ctx, m.Name)()
		return step(ctx, m)
	}
	for m, err := range parallel.InOrder(ctx, s.members, work) {
		if err != nil {
			errs = append(errs, hint.Add(fmt.Errorf("%s: %w", m.Name, hint.Without(err)), hint.Of(err)...))
		}
	}
	return errors.Join(errs...)
}

// prepare plans the sample, unless a cluster has its namespace: its creator removes it.
func (s *Deployment) prepare(ctx context.Context, m *member) (err error) {
	if m.live, err = s.Clusters.Open(ctx, m.Cluster, live.RequireProof); err != nil {
		return err
	}
	mesh := s.Workspace.Doc.Mesh.Metadata.Name
	m.session = m.live.Writer.Session(apply.Scope{Mesh: mesh, Namespace: m.Istio.Namespace, Labels: access.Labels(mesh)})
	objects, err := s.objects(m.Name)
	if err != nil {
		return err
	}
	plan, err := m.session.Plan(ctx, objects)
	if err != nil {
		return err
	}
	if len(plan) > 0 && plan[0].Action == apply.ActionCreate {
		m.plan = plan
	}
	return nil
}

// objects returns only those of the sample.
func (s *Deployment) objects(name string) ([]render.Object, error) {
	in := s.Workspace.RenderInput()
	in.Sample = true
	overlay, err := render.Compile(in, name, render.Options{})
	if err != nil {
		return nil, err
	}
	var objects []render.Object
	for _, manifest := range overlay.Manifests {
		if manifest.File == render.SampleFile {
			objects = append(objects, manifest.Objects...)
		}
	}
	return objects, nil
}

func (s *Deployment) apply(ctx context.Context, m *member) (err error) {
	if m.plan == nil {
		s.Log.Info("%s: the sample is already deployed", m.Name)
		return nil
	}
	m.made, err = m.session.Apply(ctx, m.plan)
	return errors.Join(err, m.session.Settle(ctx))
}

// Remove deletes what Deploy created, also if the context has ended.
func (s *Deployment) Remove(ctx context.Context) error {
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), removeTime)
	defer stop()
	return s.inAll(ctx, s.remove)
}

func (s *Deployment) remove(ctx context.Context, m *member) error {
	if len(m.made) == 0 {
		return nil
	}
	if err := errors.Join(m.session.Undo(ctx, m.made), m.session.Settle(ctx)); err != nil {
		return hint.Add(err, s.Clusters.Kubectl(m.live.Context)+" delete namespace "+render.SampleNamespace)
	}
	return nil
}

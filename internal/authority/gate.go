package authority

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/live"
	"github.com/kubectl-mesh/kubectl-mesh/internal/progress"
	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/tree"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// gate allows a phase to start once the previous one is in the rendered tree and in every reachable cluster. It refuses
// if the state of a cluster is unknown.
func (s rootStep) gate(ctx context.Context) error {
	if foreign := s.rotation.Foreign; len(foreign) > 0 {
		return hint.Add(fmt.Errorf("the certificates of %s chain to no root in trust/: no peer would trust them",
			strings.Join(foreign, ", ")),
			"rotate them first: kubectl mesh ca rotate --cluster "+foreign[0]+s.a.Workspace.FilenameFlag())
	}
	inTree, err := s.checkTree()
	if err != nil {
		return err
	}
	clusters, err := s.a.members("", true)
	if err != nil {
		return err
	}
	var unknown []string
	var behind []error
	seen := map[string]cluster.Certificates{}
	for _, member := range clusters {
		live, err := s.checkLive(ctx, member)
		behind = append(behind, err)
		if live != nil {
			seen[member.Name] = *live
		} else if !inTree {
			unknown = append(unknown, member.Name)
		}
	}
	if err := errors.Join(behind...); err != nil {
		return hint.Add(err, "apply the phase first: kubectl mesh render --apply"+s.a.Workspace.FilenameFlag())
	}
	if len(unknown) > 0 && s.rotation.Phase != trust.PhaseSteady {
		return hint.Add(fmt.Errorf("the previous phase is not verified in %s", strings.Join(unknown, ", ")),
			"render the tree, commit and apply it: "+s.renderCommand())
	}
	return s.checkWorkloads(ctx, s.leaves(), clusters, seen)
}

// leaves is the phase that the next step ends: while a cluster signs under the old root, the next step is to sign.
func (s rootStep) leaves() trust.Phase {
	if len(s.rotation.Behind) > 0 {
		return trust.PhaseTrust
	}
	return s.rotation.Phase
}

// checkTree rejects a tree that differs from the rendering; without a tree nothing is known.
func (s rootStep) checkTree() (bool, error) {
	if _, err := os.Stat(s.Tree); errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	in := tree.Input{Workspace: s.a.Workspace, Secrets: tree.Skip}
	if s.hasPrivateTree() {
		in.Secrets = tree.Include
	}
	made, _, err := tree.Render(in, tree.Target{Dir: s.Tree})
	if err != nil {
		return false, err
	}
	for _, t := range made.Trees {
		found, err := t.Check()
		if err != nil {
			return false, err
		}
		if len(found) > 0 {
			return false, hint.Add(fmt.Errorf("%s is not what mesh.yaml and %s render: %s",
				t.Dir, layout.Trust, terminal.Count(len(found), "difference")),
				"render it, commit and apply it before the next phase: "+s.renderCommand())
		}
	}
	// A tree contains what is sealed, which can be older than trust/.
	missing, err := s.a.Workspace.UnsealedCertificates()
	return !missing, err
}

func (s rootStep) hasPrivateTree() bool {
	_, err := s.a.Workspace.Root.Stat(layout.PrivateTree())
	return err == nil
}

// checkLive reads which roots a cluster's workloads trust and which certificate its istiod signs with; nil if it is
// unreachable.
func (s rootStep) checkLive(ctx context.Context, member *v1alpha1.Cluster) (*cluster.Certificates, error) {
	if s.Clusters == nil || s.Clusters.Of(member) == "" {
		return nil, nil
	}
	live, err := s.ask(ctx, member)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		s.a.Log.Warn("", "%s: the certificates cannot be read: %s", member.Name, err)
		return nil, nil
	}
	if s.rotation.Phase == trust.PhaseSteady {
		return &live, s.checkSteady(member, live)
	}
	for _, root := range []string{trust.Fingerprint(s.rotation.Old), trust.Fingerprint(s.rotation.New)} {
		if !slices.Contains(live.RootSHA256, root) {
			return &live, fmt.Errorf("the workloads of %s do not trust root %.16s yet", member.Name, root)
		}
	}
	bundle, ok, err := s.a.Workspace.ReadBundle(member.Name)
	if err != nil || !ok {
		return &live, err
	}
	signing, err := bundle.Certificate()
	if err == nil && trust.Fingerprint(signing) != live.SigningSHA256 {
		err = fmt.Errorf("%s does not sign with the certificate in %s yet",
			member.Name, s.a.Workspace.Path(layout.TrustFile(member.Name, trust.CACertFile)))
	}
	return &live, err
}

// checkSteady refuses to start a rotation before the last one is complete in a cluster: its workloads would get a third
// root, and the bundle might lack the one that they use. A cluster without roots has nothing to lose.
func (s rootStep) checkSteady(member *v1alpha1.Cluster, live cluster.Certificates) error {
	current := trust.Fingerprint(s.rotation.Old)
	for _, root := range live.RootSHA256 {
		if root != current {
			return fmt.Errorf("the workloads of %s still trust root %.16s, which is not in %s: the last root rotation is "+
				"not complete there",
				member.Name, root, s.a.Workspace.Path(layout.RootCertificate()))
		}
	}
	return nil
}

// ask reads the certificates of a cluster after verifying its identity.
func (s rootStep) ask(ctx context.Context, member *v1alpha1.Cluster) (cluster.Certificates, error) {
	defer progress.Begin(ctx, member.Name)()
	opened, err := s.Clusters.Open(ctx, member, live.RequireProof)
	if err != nil {
		return cluster.Certificates{}, err
	}
	certificates, err := opened.Client.Certificates(ctx, member.Istio.Namespace)
	if err != nil {
		err = s.Clusters.Explain(err, opened.Context)
	}
	return certificates, err
}

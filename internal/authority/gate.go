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
	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/tree"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// gate lets a phase begin when the one before has arrived: in the rendered tree, and in every
// cluster that can be reached. A cluster of which neither tells anything stops it.
func (s rootStep) gate(ctx context.Context) error {
	if foreign := s.rotation.Foreign; len(foreign) > 0 {
		return hint.Add(fmt.Errorf("the certificates of %s are under none of the roots: nobody would believe them", strings.Join(foreign, ", ")),
			"make them anew first: kubectl mesh ca rotate --cluster "+foreign[0]+s.a.Workspace.FilenameFlag())
	}
	inTree, err := s.checkTree()
	if err != nil {
		return err
	}
	clusters, err := s.a.members("", true)
	if err != nil {
		return err
	}
	var unseen []string
	var behind []error
	for _, cluster := range clusters {
		seen, err := s.checkLive(ctx, cluster)
		behind = append(behind, err)
		if !seen && !inTree {
			unseen = append(unseen, cluster.Name)
		}
	}
	if err := errors.Join(behind...); err != nil {
		return hint.Add(err, "apply the phase first: kubectl mesh render --apply"+s.a.Workspace.FilenameFlag())
	}
	if len(unseen) > 0 && s.rotation.Phase != trust.PhaseSteady {
		return hint.Add(fmt.Errorf("nothing shows that the phase before has come to %s", strings.Join(unseen, ", ")),
			"render the tree, commit and apply it: "+s.renderCommand())
	}
	return nil
}

// checkTree refuses a tree that is not what would be rendered; without a tree it tells nothing.
func (s rootStep) checkTree() (bool, error) {
	if _, err := os.Stat(s.Tree); errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	in := tree.Input{Workspace: s.a.Workspace, Secrets: tree.Skip}
	if s.hasPrivateTree() {
		in.Secrets = tree.Include
	}
	trees, _, err := tree.Render(in, tree.Target{Dir: s.Tree})
	if err != nil {
		return false, err
	}
	for _, t := range trees {
		found, err := t.Check()
		if err != nil {
			return false, err
		}
		if len(found) > 0 {
			return false, hint.Add(fmt.Errorf("%s does not show the certificates that are in %s: %s", t.Dir, layout.Trust, terminal.Count(len(found), "difference")),
				"render it, commit and apply it before the next phase: "+s.renderCommand())
		}
	}
	// A tree shows what is sealed, and that may be older than what is in trust/.
	missing, err := s.a.Workspace.UnsealedCertificates()
	return !missing, err
}

func (s rootStep) hasPrivateTree() bool {
	_, err := s.a.Workspace.Root.Stat(layout.PrivateTree())
	return err == nil
}

// checkLive asks a cluster which roots its workloads trust and with which certificate its istiod
// signs. One that cannot be reached tells nothing.
func (s rootStep) checkLive(ctx context.Context, member *v1alpha1.Cluster) (seen bool, err error) {
	if s.Clusters == nil || s.Clusters.Of(member) == "" || s.rotation.Phase == trust.PhaseSteady {
		return false, nil // in the first phase nothing is taken away from anybody
	}
	live, err := s.ask(ctx, member)
	if err != nil {
		s.a.Tell.Warn("", "%s tells nothing of its certificates: %s", member.Name, err)
		return false, ctx.Err()
	}
	for _, root := range []string{trust.Fingerprint(s.rotation.Old), trust.Fingerprint(s.rotation.New)} {
		if !slices.Contains(live.RootSHA256, root) {
			return true, fmt.Errorf("the workloads of %s do not trust root %.16s yet", member.Name, root)
		}
	}
	bundle, ok, err := s.a.Workspace.ReadBundle(member.Name)
	if err != nil || !ok {
		return true, err
	}
	signing, err := bundle.Certificate()
	if err == nil && trust.Fingerprint(signing) != live.SigningSHA256 {
		err = fmt.Errorf("%s does not sign with the certificate in %s yet", member.Name, s.a.Workspace.Path(layout.TrustFile(member.Name, trust.CACertFile)))
	}
	return true, err
}

// ask reads the certificates of a cluster, which must be the one that is meant.
func (s rootStep) ask(ctx context.Context, member *v1alpha1.Cluster) (cluster.Certificates, error) {
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

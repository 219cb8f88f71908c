package authority

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/kubectl-mesh/kubectl-mesh/internal/input"
	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// gateBack allows removing the new root if no certificate is signed under it, in the tree or in any reachable cluster.
// A phase that was never applied can be reverted freely.
func (s rootStep) gateBack(ctx context.Context) error {
	clusters, err := s.a.members("", true)
	if err != nil {
		return err
	}
	var errs []error
	for _, member := range clusters {
		errs = append(errs, s.checkOldInTree(ctx, member), s.checkOldLive(ctx, member))
	}
	if err := errors.Join(errs...); err != nil {
		return hint.Add(err, "render, commit and apply the previous phase: "+s.renderCommand()+
			"; kubectl mesh render --apply"+s.a.Workspace.FilenameFlag())
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return s.checkSigned(ctx, clusters)
}

// checkSigned waits for a certificate's lifetime after the last cluster returned to the old root. If none signed under
// the new one, there is nothing to wait for.
func (s rootStep) checkSigned(ctx context.Context, members []*v1alpha1.Cluster) error {
	var signed []*v1alpha1.Cluster
	seen := map[string]cluster.Certificates{}
	for _, member := range members {
		if s.recorded(trust.PhaseSign, member.Name) == nil {
			continue
		}
		signed = append(signed, member)
		if s.Clusters != nil && s.Clusters.Of(member) != "" && !s.WorkloadsRenewed {
			if live, err := s.ask(ctx, member); err == nil {
				seen[member.Name] = live
			}
		}
	}
	if len(signed) == 0 {
		return nil
	}
	return s.checkWorkloads(ctx, trust.PhaseSign, signed, seen)
}

// checkOldInTree rejects a tree in which a cluster signs with another certificate.
func (s rootStep) checkOldInTree(ctx context.Context, member *v1alpha1.Cluster) error {
	signing, ok := s.signing(member)
	if !ok {
		return nil
	}
	name := filepath.Join(s.Tree, filepath.FromSlash(layout.OverlayFile(member.Name, layout.Namespace)))
	text, err := input.Read(ctx, name, workspace.MaxFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // a missing tree says nothing
	}
	if err != nil {
		return err
	}
	switch rendered, err := render.SigningCertificate(text); {
	case err != nil:
		return hint.Add(fmt.Errorf("%s: %w", terminal.OneLine(name), err), "render it again: "+s.renderCommand())
	case rendered != "" && rendered != signing:
		return fmt.Errorf("%s contains a signing certificate for %s that differs from %s",
			name, member.Name, s.a.Workspace.Path(layout.Trust))
	}
	return nil
}

// checkOldLive rejects a cluster that signs with another certificate.
func (s rootStep) checkOldLive(ctx context.Context, member *v1alpha1.Cluster) error {
	signing, ok := s.signing(member)
	if !ok || s.Clusters == nil || s.Clusters.Of(member) == "" {
		return nil
	}
	live, err := s.ask(ctx, member)
	switch {
	case err != nil:
		s.a.Log.Warn("", "%s: the certificates cannot be read: %s", member.Name, err)
	case live.SigningSHA256 != "" && live.SigningSHA256 != signing:
		return fmt.Errorf("%s does not sign with the certificate in %s",
			member.Name, s.a.Workspace.Path(layout.TrustFile(member.Name, trust.CACertFile)))
	}
	return nil
}

// signing returns the fingerprint of the certificate with which a cluster should sign.
func (s rootStep) signing(member *v1alpha1.Cluster) (string, bool) {
	bundle, ok, err := s.a.Workspace.ReadBundle(member.Name)
	if err != nil || !ok {
		return "", false
	}
	certificate, err := bundle.Certificate()
	if err != nil {
		return "", false
	}
	return trust.Fingerprint(certificate), true
}

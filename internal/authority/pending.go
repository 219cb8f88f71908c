package authority

import (
	"context"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// Pending returns the clusters with an unanswered request in trust/, with the fingerprints of the keys.
func (a *Authority) Pending() ([]workspace.Pending, error) {
	clusters, err := a.members("", true)
	if err != nil {
		return nil, err
	}
	var pending []workspace.Pending
	for _, cluster := range clusters {
		request, err := a.Workspace.ReadOptional(layout.SigningRequest(cluster.Name))
		if err != nil {
			return nil, terminal.QuotePath(err)
		}
		bundle, _, err := a.Workspace.ReadBundle(cluster.Name)
		if err != nil {
			return nil, terminal.QuotePath(err)
		}
		if request == nil || bundle.IsFor(request) {
			continue
		}
		public, err := trust.ParseRequest(request)
		if err != nil {
			return nil, hint.Prefix(err, a.Workspace.Path(layout.SigningRequest(cluster.Name))+": ")
		}
		fingerprint, err := trust.KeyFingerprint(public)
		if err != nil {
			return nil, err
		}
		what := "intermediate certificate of " + cluster.Name + ", trust domain " + cluster.TrustDomain
		pending = append(pending, workspace.Pending{
			What:        what,
			Fingerprint: fingerprint,
			Cluster:     cluster.Name,
			Request:     request,
		})
	}
	return pending, nil
}

// SignPending signs all pending requests after one confirmation, atomically.
func (a *Authority) SignPending(
	ctx context.Context, validity time.Duration, confirm func([]workspace.Pending) error,
) error {
	pending, err := a.Pending()
	if err != nil {
		return err
	}
	if len(pending) == 0 {
		a.Log.Info("no request is pending in %s", a.Workspace.Path(layout.Trust))
		return nil
	}
	if err := confirm(pending); err != nil {
		return err
	}
	as, err := a.issuance("", validity)
	if err != nil {
		return err
	}
	return a.change(ctx, func(c *change) error {
		for _, one := range pending {
			cluster, err := a.member(one.Cluster)
			if err != nil {
				return err
			}
			if err := c.sign(as, cluster, one.Request); err != nil {
				return err
			}
		}
		return nil
	})
}

// sign signs one request.
func (c *change) sign(as issuance, cluster *v1alpha1.Cluster, request []byte) error {
	public, err := trust.ParseRequest(request)
	if err != nil {
		return err
	}
	what, err := c.a.intermediate(cluster, as.validity)
	if err != nil {
		return err
	}
	certificate, err := as.signer.Issue(public, what, c.a.Now)
	if err != nil {
		return err
	}
	c.Public(layout.SigningRequest(cluster.Name), request)
	c.infoIssued(cluster.Name, certificate)
	return c.keepBundle(cluster.Name, trust.NewBundle(certificate, nil, as.roots, trust.Key{}))
}

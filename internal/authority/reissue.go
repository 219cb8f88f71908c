package authority

import (
	"context"
	"fmt"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// Reissue issues new certificates for clusters under the current signing root.
func (a *Authority) Reissue(ctx context.Context, of Members, kind trust.KeyType, validity time.Duration) error {
	clusters, err := a.members(of.Cluster, of.All)
	if err != nil {
		return err
	}
	as, err := a.issuance(kind, validity)
	if err != nil {
		return err
	}
	return a.change(ctx, func(c *change) error { return c.reissue(as, clusters) })
}

// reissue issues new certificates: with a new key if the key is here, otherwise for the public key of the existing
// certificate. It ignores requests in trust/, because only ca sign has their fingerprints compared.
func (c *change) reissue(as issuance, clusters []*v1alpha1.Cluster) error {
	a := c.a
	for _, cluster := range clusters {
		bundle, ok, err := a.Workspace.ReadBundle(cluster.Name)
		if err != nil {
			return terminal.QuotePath(err)
		}
		elsewhere, err := a.keyElsewhere(cluster.Name)
		switch {
		case err != nil:
			return terminal.QuotePath(err)
		case !elsewhere:
			err = c.issue(as, cluster)
		case ok:
			err = c.renew(as, cluster, bundle)
		default:
			err = hint.Add(fmt.Errorf("%s has no certificate, and its key is at another site", cluster.Name),
				"run kubectl mesh ca request at the cluster's site; then here: "+a.signCommand(cluster.Name))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// keyElsewhere reports whether a cluster's key is created elsewhere.
func (a *Authority) keyElsewhere(cluster string) (bool, error) {
	if a.Workspace.Doc.Mesh.Spec.Trust.CA.Keys == v1alpha1.CAKeysCluster {
		return true, nil
	}
	if _, err := a.Workspace.Root.Lstat(layout.SigningKey(cluster)); err == nil {
		return false, nil
	}
	request, err := a.Workspace.ReadOptional(layout.SigningRequest(cluster))
	return request != nil, err
}

// renew signs the same public key again: the private one stays where it is.
func (c *change) renew(as issuance, cluster *v1alpha1.Cluster, bundle trust.Bundle) error {
	if err := bundle.CheckOnce(); err != nil {
		return fmt.Errorf("renew the certificate of %s: %w", cluster.Name, err)
	}
	signing, err := bundle.Certificate()
	if err != nil {
		return err
	}
	what, err := c.a.intermediate(cluster, as.validity)
	if err != nil {
		return err
	}
	certificate, err := as.signer.Issue(signing.PublicKey, what, c.a.Now)
	if err != nil {
		return err
	}
	if err := c.keepBundle(cluster.Name, trust.NewBundle(certificate, nil, as.roots, trust.Key{})); err != nil {
		return err
	}
	c.infoIssued(cluster.Name, certificate)
	return nil
}

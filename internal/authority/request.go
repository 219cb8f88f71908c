package authority

import (
	"context"
	"fmt"
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// Request creates a cluster's key, if there is none, and the request for its certificate. It returns the fingerprint of
// the key.
func (a *Authority) Request(ctx context.Context, name string, kind trust.KeyType) (fingerprint string, err error) {
	err = a.change(ctx, func(c *change) error {
		fingerprint, err = c.request(name, kind)
		return err
	})
	return fingerprint, err
}

// RequestPending creates key and request of each local cluster without a certificate, in one change. It keeps existing
// requests, which may already have been sent. It returns all that wait for a certificate.
func (a *Authority) RequestPending(
	ctx context.Context, isHere func(cluster string) bool, kind trust.KeyType,
) ([]workspace.Pending, error) {
	clusters, err := a.members("", true)
	if err != nil {
		return nil, err
	}
	err = a.change(ctx, func(c *change) error {
		for _, cluster := range clusters {
			if !isHere(cluster.Name) {
				continue
			}
			if err := c.requestMissing(cluster.Name, kind); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	pending, err := a.Pending()
	return slices.DeleteFunc(pending, func(one workspace.Pending) bool { return !isHere(one.Cluster) }), err
}

// requestMissing creates the request of a cluster without a certificate and a request.
func (c *change) requestMissing(name string, kind trust.KeyType) error {
	bundle, _, err := c.a.Workspace.ReadBundle(name)
	if err != nil {
		return terminal.QuotePath(err)
	}
	request, err := c.a.Workspace.ReadOptional(layout.SigningRequest(name))
	if err != nil {
		return terminal.QuotePath(err)
	}
	_, noKey := c.a.Workspace.Root.Lstat(layout.SigningKey(name))
	if len(bundle.CACert) > 0 || request != nil && noKey == nil {
		return nil
	}
	_, err = c.request(name, kind)
	return err
}

func (c *change) request(name string, kind trust.KeyType) (fingerprint string, err error) {
	a := c.a
	cluster, err := a.member(name)
	if err != nil {
		return "", err
	}
	key, err := c.ownKey(cluster.Name, kind)
	if err != nil {
		return "", err
	}
	what, err := a.intermediate(cluster, 0)
	if err != nil {
		return "", err
	}
	request, err := trust.NewRequest(key, what)
	if err != nil {
		return "", err
	}
	c.Public(layout.SigningRequest(cluster.Name), request)
	c.info("wrote %s", a.Workspace.Path(layout.SigningRequest(cluster.Name)))
	return trust.KeyFingerprint(key.Public())
}

// ownKey returns a cluster's key in this workspace, creating it if necessary.
func (c *change) ownKey(cluster string, kind trust.KeyType) (trust.Key, error) {
	a := c.a
	if _, err := a.Workspace.Root.Lstat(layout.SigningKey(cluster)); err == nil {
		key, err := a.Workspace.ReadKey(layout.SigningKey(cluster))
		if err != nil {
			return key, fmt.Errorf("read %s: %w", a.Workspace.Path(layout.SigningKey(cluster)), terminal.QuotePath(err))
		}
		a.Log.Info("%s: using the existing key", cluster)
		return key, nil
	}
	key, err := trust.NewKey(kind)
	if err != nil {
		return key, err
	}
	c.Expect(layout.SigningKey(cluster), nil)
	return key, c.keepKey(layout.SigningKey(cluster), key)
}

package authority

import (
	"context"
	"crypto/x509"
	"fmt"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// change collects the files and the messages of a command. The files are written atomically, then the messages are
// printed.
type change struct {
	*workspace.Change
	a    *Authority
	then []func() error
}

// change performs what collect has collected.
func (a *Authority) change(ctx context.Context, collect func(*change) error) error {
	c := &change{a: a}
	err := a.Workspace.Change(ctx, func(files *workspace.Change) error {
		c.Change = files
		return collect(c)
	})
	if err != nil {
		return err
	}
	for _, step := range c.then {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// info is printed after the change.
func (c *change) info(format string, args ...any) {
	c.then = append(c.then, func() error {
		c.a.Log.Info(format, args...)
		return nil
	})
}

func (c *change) advise(remedy string) {
	c.then = append(c.then, func() error {
		c.a.Log.Advise(remedy)
		return nil
	})
}

// keepBundle writes a cluster's certificates, and its key if available.
func (c *change) keepBundle(cluster string, bundle trust.Bundle) error {
	if err := bundle.Check(c.a.Now); err != nil {
		return fmt.Errorf("verify the certificates of %s: %w", cluster, err)
	}
	c.Public(layout.TrustFile(cluster, trust.CertChainFile), bundle.Chain)
	c.Public(layout.TrustFile(cluster, trust.CACertFile), bundle.CACert)
	if !bundle.Key.IsZero() {
		if err := c.keepKey(layout.SigningKey(cluster), bundle.Key); err != nil {
			return err
		}
	}
	c.verifyBundle(cluster, !bundle.Key.IsZero())
	return nil
}

func (c *change) keepKey(name string, key trust.Key) error {
	text, err := key.PEM()
	if err != nil {
		return err
	}
	c.Private(name, text)
	return nil
}

// infoIssued reports an issued certificate.
func (c *change) infoIssued(cluster string, certificate *x509.Certificate) {
	about := trust.Describe(cluster, certificate)
	c.info("%s: certificate %q, %s, until %s",
		cluster, about.Subject, about.Algorithm, about.NotAfter.Format(time.DateOnly))
}

package authority

import (
	"context"
	"crypto/x509"
	"fmt"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// Members selects the clusters that get certificates: one, or all.
type Members struct {
	Cluster string
	All     bool
}

// Issue creates keys and certificates of clusters without them.
func (a *Authority) Issue(ctx context.Context, of Members, kind trust.KeyType, validity time.Duration) error {
	clusters, err := a.members(of.Cluster, of.All)
	if err != nil {
		return err
	}
	if clusters, err = a.withoutCertificate(clusters, of.All); err != nil {
		return err
	}
	if len(clusters) == 0 {
		a.Log.Info("every cluster already has a certificate")
		return nil
	}
	as, err := a.issuance(kind, validity)
	if err != nil {
		return err
	}
	return a.change(ctx, func(c *change) error {
		for _, cluster := range clusters {
			if err := c.issue(as, cluster); err != nil {
				return err
			}
		}
		return nil
	})
}

// withoutCertificate skips clusters that have a certificate; naming such a cluster is an error.
func (a *Authority) withoutCertificate(clusters []*v1alpha1.Cluster, all bool) ([]*v1alpha1.Cluster, error) {
	var without []*v1alpha1.Cluster
	for _, cluster := range clusters {
		_, ok, err := a.Workspace.ReadBundle(cluster.Name)
		if err != nil {
			return nil, terminal.QuotePath(err)
		}
		request, err := a.Workspace.ReadOptional(layout.SigningRequest(cluster.Name))
		if err != nil {
			return nil, terminal.QuotePath(err)
		}
		switch {
		case !ok && request == nil:
			without = append(without, cluster)
		case ok && !all:
			return nil, hint.Add(fmt.Errorf("%s already has a certificate", cluster.Name),
				"to replace it: kubectl mesh ca rotate --cluster "+shell.Name(cluster.Name)+a.Workspace.FilenameFlag())
		case !ok && !all:
			return nil, hint.Add(fmt.Errorf("%s has a pending certificate request%s", cluster.Name, a.whereKey(cluster.Name)),
				a.signCommand(cluster.Name))
		case !ok:
			a.Log.Info("%s: its certificate request is pending; sign it: %s", cluster.Name, a.signCommand(cluster.Name))
		}
	}
	return without, nil
}

// whereKey describes where the key of an unanswered request is.
func (a *Authority) whereKey(cluster string) string {
	if key, err := a.Workspace.ReadOptional(layout.SigningKey(cluster)); err == nil && key != nil {
		return ", and its key is in this workspace"
	}
	return ": its key is at another site"
}

// signCommand returns the command that answers a cluster's request. If the key is here, no fingerprint must be
// compared.
func (a *Authority) signCommand(cluster string) string {
	command := "kubectl mesh ca sign --cluster " + shell.Name(cluster)
	if key, err := a.Workspace.ReadKey(layout.SigningKey(cluster)); err == nil {
		if fingerprint, err := trust.KeyFingerprint(key.Public()); err == nil {
			command += " --fingerprint " + fingerprint
		}
	}
	return command + a.Workspace.FilenameFlag()
}

// issuance is how certificates are issued: the signer, the trusted roots, and the certificates' properties.
type issuance struct {
	signer   trust.Authority
	roots    []byte        // all of them, as text
	keyType  trust.KeyType // of generated keys
	validity time.Duration
}

// issuance uses the root under which certificates are currently issued. If clusters sign under a second root, it is
// that one if its key is here: the second root of two joined meshes belongs to the other one. All clusters trust both.
func (a *Authority) issuance(keyType trust.KeyType, validity time.Duration) (issuance, error) {
	as := issuance{keyType: keyType, validity: validity}
	text, roots, err := a.roots()
	if err != nil {
		return as, err
	}
	rotation, err := a.rotation(text)
	if err != nil {
		return as, err
	}
	root, where := roots[0], currentRootKey
	if _, ok := a.hasRootKey(nextRootKey); ok && rotation.Phase == trust.PhaseSign {
		root, where = rotation.New, nextRootKey
	}
	as.roots = text
	as.signer, err = a.authorityOf(root, where)
	return as, err
}

func (a *Authority) authorityOf(root *x509.Certificate, where rootKey) (trust.Authority, error) {
	key, err := a.readRootKey(where)
	return trust.Authority{Certificate: root, Key: key}, err
}

// issue creates a key and a certificate for it.
func (c *change) issue(as issuance, cluster *v1alpha1.Cluster) error {
	what, err := c.a.intermediate(cluster, as.validity)
	if err != nil {
		return err
	}
	key, err := trust.NewKey(as.keyType)
	if err != nil {
		return err
	}
	certificate, err := as.signer.Issue(key.Public(), what, c.a.Now)
	if err != nil {
		return err
	}
	if err := c.keepBundle(cluster.Name, trust.NewBundle(certificate, nil, as.roots, key)); err != nil {
		return err
	}
	c.infoIssued(cluster.Name, certificate)
	return nil
}

// rotation returns the state of the root rotation.
func (a *Authority) rotation(rootText []byte) (trust.Rotation, error) {
	bundles := map[string]trust.Bundle{}
	for cluster := range a.Workspace.Graph.Clusters() {
		bundle, ok, err := a.Workspace.ReadBundle(cluster.Name)
		if err != nil {
			return trust.Rotation{}, terminal.QuotePath(err)
		}
		// Invalid ones are reported elsewhere, and re-issued.
		if _, broken := trust.ParseCertificates(bundle.Chain); ok && broken == nil {
			bundles[cluster.Name] = bundle
		}
	}
	return trust.ReadRotation(rootText, bundles)
}

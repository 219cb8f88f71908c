// Package authority manages the certificates of a mesh: a root, and an intermediate for each cluster. It creates,
// requests, signs, imports and rotates them offline.
package authority

import (
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// Input of all operations on certificates.
type Input struct {
	Workspace *workspace.Workspace
	Now       time.Time
	// Passphrase asks for the passphrase of a root key, twice if it is new.
	Passphrase func(what string, again bool) ([]byte, error)
	Log        hint.Log
}

// Authority operates on a workspace's certificates.
type Authority struct{ Input }

// Open rejects a mesh whose certificates are issued elsewhere. Findings are accepted, because invalid certificates may
// have to be fixed.
func Open(in Input) (*Authority, error) {
	if provider := in.Workspace.Doc.Mesh.Spec.Trust.CA.Provider; provider != v1alpha1.CAProviderFiles {
		return nil, verdict.Inputf("set spec.trust.ca.provider: files, or manage the certificates with "+string(provider),
			"spec.trust.ca.provider is %s: the certificates are not in this workspace", provider)
	}
	return &Authority{Input: in}, nil
}

// member returns a cluster that signs with our certificate.
func (a *Authority) member(name string) (*v1alpha1.Cluster, error) {
	cluster, err := a.Workspace.Cluster(name)
	if err != nil {
		return nil, err
	}
	if !access.Signs(cluster) {
		return nil, verdict.Inputf("specify a cluster that has a control plane",
			"%s signs no certificates: another cluster's control plane serves its workloads", name)
	}
	return cluster, nil
}

// members returns all clusters that sign, or the named one.
func (a *Authority) members(name string, all bool) ([]*v1alpha1.Cluster, error) {
	if !all {
		cluster, err := a.member(name)
		return []*v1alpha1.Cluster{cluster}, err
	}
	var clusters []*v1alpha1.Cluster
	for cluster := range a.Workspace.Graph.Clusters() {
		if access.Signs(cluster) {
			clusters = append(clusters, cluster)
		}
	}
	return clusters, nil
}

// intermediate describes a cluster's next certificate.
func (a *Authority) intermediate(cluster *v1alpha1.Cluster, life time.Duration) (trust.Intermediate, error) {
	what := trust.Intermediate{
		Mesh:        a.Workspace.Doc.Mesh.Metadata.Name,
		Cluster:     cluster.Name,
		TrustDomain: cluster.TrustDomain,
		Generation:  1,
		Validity:    life,
	}
	bundle, ok, err := a.Workspace.ReadBundle(cluster.Name)
	if err != nil || !ok {
		return what, err
	}
	if signing, broken := bundle.Certificate(); broken == nil { // otherwise it starts again
		what.Generation = trust.Generation(signing) + 1
	}
	return what, nil
}

// errNoRoot reports that no root was created or imported yet.
var errNoRoot = errors.New("no root certificate")

// roots returns the trusted roots.
func (a *Authority) roots() ([]byte, []*x509.Certificate, error) {
	text, err := a.Workspace.ReadOptional(layout.RootCertificate())
	if err != nil {
		return nil, nil, terminal.QuotePath(err)
	}
	if text == nil {
		return nil, nil, hint.Add(fmt.Errorf("%w in %s", errNoRoot, a.Workspace.Path(layout.RootCertificate())),
			"create one: kubectl mesh ca init"+a.Workspace.FilenameFlag()+"; or import your own: kubectl mesh ca import")
	}
	roots, err := trust.ParseCertificates(text)
	if err != nil {
		return nil, nil, fmt.Errorf("read %s: %w", a.Workspace.Path(layout.RootCertificate()), err)
	}
	return text, roots, nil
}

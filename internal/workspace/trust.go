package workspace

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/input"
	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/rules"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// MaxFile is above the size of any bundle of certificates.
const MaxFile = 1 << 20

// ReadFile reads a workspace file that must not be longer than a bundle of certificates.
func (ws *Workspace) ReadFile(name string) ([]byte, error) {
	file, err := input.OpenIn(ws.Root, name)
	if err != nil {
		return nil, err
	}
	defer file.Close() // opened for reading
	if err := ws.guardRead(name); err != nil {
		return nil, err
	}
	return input.All(file, name, MaxFile)
}

// ReadOptional returns nil for a file that does not exist.
func (ws *Workspace) ReadOptional(name string) ([]byte, error) {
	text, err := ws.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return text, err
}

// ReadBundle reads a cluster's certificates; false if it has none.
func (ws *Public) ReadBundle(cluster string) (trust.Bundle, bool, error) {
	var bundle trust.Bundle
	var errs []error
	read := func(name string) []byte {
		text, err := ws.readOptional(name)
		errs = append(errs, err)
		return text
	}
	bundle.CACert = read(layout.TrustFile(cluster, trust.CACertFile))
	bundle.Chain = read(layout.TrustFile(cluster, trust.CertChainFile))
	if bundle.CACert == nil && bundle.Chain == nil {
		return bundle, false, errors.Join(errs...)
	}
	bundle.Root = read(layout.RootCertificate())
	return bundle, true, errors.Join(errs...)
}

// readBundles reads the certificates of all clusters without keys, and returns their problems.
func (ws *Public) readBundles() (map[string]trust.Bundle, []rules.Certificate) {
	if ws.Doc.Mesh.Spec.Trust.CA.Provider != v1alpha1.CAProviderFiles {
		return nil, nil
	}
	if _, err := fs.Stat(ws.files, layout.Trust); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	bundles := map[string]trust.Bundle{}
	var facts []rules.Certificate
	ambient := ws.hasAmbient()
	for cluster := range ws.Graph.Clusters() {
		if !access.Signs(cluster) {
			continue
		}
		var fact rules.Certificate
		bundle, ok, err := ws.ReadBundle(cluster.Name)
		switch {
		case err != nil:
			fact.Problem = terminal.QuotePath(err).Error()
		case !ok:
			fact.Missing = true
		default:
			bundles[cluster.Name] = bundle
			fact = judgeBundle(bundle, trust.Names{
				TrustDomain: cluster.TrustDomain,
				Namespace:   cluster.Istio.Namespace,
				Ambient:     ambient,
			})
		}
		fact.Cluster, fact.File = cluster.Name, ws.Path(layout.TrustFile(cluster.Name, trust.CACertFile))
		facts = append(facts, fact)
	}
	if !slices.ContainsFunc(facts, func(fact rules.Certificate) bool { return !fact.Missing }) {
		return nil, nil
	}
	return bundles, facts
}

// judgeBundle checks a bundle without the clock, on which rendering must not depend.
func judgeBundle(bundle trust.Bundle, names trust.Names) rules.Certificate {
	found := bundle.Inspect(names)
	fact := rules.Certificate{KeySHA256: found.KeySHA256, NotBefore: found.NotBefore, NotAfter: found.NotAfter}
	if found.Problem != nil {
		fact.Problem, fact.Hint = terminal.OneLine(found.Problem.Error()), strings.Join(hint.Of(found.Problem), "; ")
	}
	return fact
}

// hasAmbient reports whether any cluster has ztunnels: they verify the certificates of all clusters.
func (ws *Public) hasAmbient() bool {
	for cluster := range ws.Graph.Clusters() {
		if cluster.Istio.DataPlane == v1alpha1.DataPlaneAmbient {
			return true
		}
	}
	return false
}

// ReadKeys adds the signing keys of these clusters to their bundles, if the workspace has them, and returns how to
// restore missing ones. An unusable key is an error.
func (ws *Workspace) ReadKeys(bundles map[string]trust.Bundle, clusters []string) (
	map[string]trust.Bundle, map[string]render.Missing, error,
) {
	if ws.Doc.Mesh.Spec.Trust.CA.Keys != v1alpha1.CAKeysWorkspace {
		return bundles, nil, nil
	}
	keyed, missing := maps.Clone(bundles), map[string]render.Missing{}
	var unusable []mesh.Problem
	for _, name := range clusters {
		bundle, ok := bundles[name]
		if !ok {
			continue
		}
		key, err := ws.ReadKey(layout.SigningKey(name))
		if err == nil {
			bundle.Key = key
			err = bundle.CheckOnce()
		}
		switch {
		case isGuarded(err):
			return nil, nil, err
		case errors.Is(err, fs.ErrNotExist):
			missing[name] = absent(ws.MissingKey(name, err))
		case err != nil:
			unusable = append(unusable, ws.MissingKey(name, err))
		default:
			keyed[name] = bundle
		}
	}
	if len(unusable) > 0 {
		return nil, nil, &Problems{Name: "credentials", List: unusable, Rest: "fix these first"}
	}
	return keyed, missing, nil
}

// ReadKey reads a private key below credentials/.
func (ws *Workspace) ReadKey(name string) (trust.Key, error) {
	text, err := ws.ReadFile(name)
	if err != nil {
		return trust.Key{}, err
	}
	return trust.ParseKey(text)
}

// MissingKey reports a cluster without a usable key, and how to get one.
func (ws *Workspace) MissingKey(cluster string, err error) mesh.Problem {
	message := cluster + " has certificates and no signing key"
	if !errors.Is(err, fs.ErrNotExist) {
		message = fmt.Sprintf("the signing key of %s cannot be used: %s",
			cluster, terminal.OneLine(terminal.QuotePath(err).Error()))
	}
	return mesh.Problem{
		Severity: mesh.SeverityError,
		Clusters: []string{cluster},
		File:     ws.Path(layout.SigningKey(cluster)),
		Message:  message,
		Hint: "restore the file, or create a new key and certificate: kubectl mesh ca rotate --cluster " +
			shell.Name(cluster) + ws.FilenameFlag() + "; if the key is in the cluster, set spec.trust.ca.keys: cluster",
	}
}

package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/rules"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// trustFolder holds the certificates of the mesh: public, and committed.
const trustFolder = "trust"

// Files of the certificates in the workspace.
func rootCertFile() string { return path.Join(trustFolder, trust.RootCertFile) }

func trustFile(cluster, name string) string { return path.Join(trustFolder, cluster, name) }

func requestFile(cluster string) string { return trustFile(cluster, "ca.csr") }

func signingKeyFile(cluster string) string {
	return path.Join(credentialsFolder, cluster, trust.CAKeyFile)
}

// maxTrustFile is more than any bundle of certificates.
const maxTrustFile = 1 << 20

// readFile reads a file of the workspace that is not to be longer than a bundle of certificates.
func (ws *workspace) readFile(name string) ([]byte, error) {
	file, err := ws.root.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxTrustFile+1))
	if err == nil && len(text) > maxTrustFile {
		err = &fs.PathError{Op: "read", Path: name, Err: fmt.Errorf("longer than %d bytes", maxTrustFile)}
	}
	return text, err
}

// readOptional is nothing for a file that is not there.
func (ws *workspace) readOptional(name string) ([]byte, error) {
	text, err := ws.readFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return text, err
}

// readBundle reads the certificates of a cluster; false when it has none.
func (ws *workspace) readBundle(cluster string) (trust.Bundle, bool, error) {
	var bundle trust.Bundle
	var errs []error
	read := func(name string) []byte {
		text, err := ws.readOptional(name)
		errs = append(errs, err)
		return text
	}
	bundle.CACert, bundle.Chain = read(trustFile(cluster, trust.CACertFile)), read(trustFile(cluster, trust.CertChainFile))
	if bundle.CACert == nil && bundle.Chain == nil {
		return bundle, false, errors.Join(errs...)
	}
	bundle.Root = read(rootCertFile())
	return bundle, true, errors.Join(errs...)
}

// readBundles reads the certificates of all clusters, without any key, and what is wrong with them.
func (ws *workspace) readBundles() (map[string]trust.Bundle, []rules.Certificate) {
	if ws.doc.Mesh.Spec.Trust.CA.Provider != v1alpha1.CAProviderFiles {
		return nil, nil
	}
	if _, err := ws.root.Stat(trustFolder); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	bundles := map[string]trust.Bundle{}
	var facts []rules.Certificate
	for cluster := range ws.graph.Clusters() {
		if !render.Signs(cluster) {
			continue
		}
		fact := rules.Certificate{Cluster: cluster.Name, File: ws.path(trustFile(cluster.Name, trust.CACertFile))}
		bundle, ok, err := ws.readBundle(cluster.Name)
		switch {
		case err != nil:
			fact.Problem = quotePath(err).Error()
		case !ok:
			fact.Missing = true
		default:
			bundles[cluster.Name] = bundle
			fact.Problem, fact.NotAfter = judgeBundle(bundle)
		}
		facts = append(facts, fact)
	}
	if len(bundles) == 0 {
		return nil, nil
	}
	return bundles, facts
}

// judgeBundle looks at a bundle without looking at the clock: a rendering must not depend on it.
func judgeBundle(bundle trust.Bundle) (problem string, notAfter time.Time) {
	if err := bundle.CheckOnce(); err != nil {
		return oneLine(err.Error()), time.Time{}
	}
	signing, _ := bundle.Certificate() // it has been checked
	return "", signing.NotAfter
}

// readKeys adds the signing keys of these clusters to their bundles, where the workspace has them.
// One that is missing is an error that says how to make it.
func (ws *workspace) readKeys(bundles map[string]trust.Bundle, clusters []string) (map[string]trust.Bundle, error) {
	if ws.doc.Mesh.Spec.Trust.CA.Keys != v1alpha1.CAKeysWorkspace {
		return bundles, nil
	}
	keyed := map[string]trust.Bundle{}
	for name, bundle := range bundles {
		keyed[name] = bundle
	}
	var problems []mesh.Problem
	for _, name := range clusters {
		bundle, ok := bundles[name]
		if !ok {
			continue
		}
		key, err := ws.readKey(signingKeyFile(name))
		if err == nil {
			bundle.Key = key
			err = bundle.CheckOnce()
		}
		if err != nil {
			problems = append(problems, ws.noKey(name, err))
			continue
		}
		keyed[name] = bundle
	}
	if len(problems) > 0 {
		return nil, &problemsError{"credentials", problems, "correct these first"}
	}
	return keyed, nil
}

func (ws *workspace) readKey(name string) (trust.Key, error) {
	text, err := ws.readFile(name)
	if err != nil {
		return trust.Key{}, err
	}
	return trust.ParseKey(text)
}

func (ws *workspace) noKey(cluster string, err error) mesh.Problem {
	message := cluster + " has certificates and no signing key"
	if !errors.Is(err, fs.ErrNotExist) {
		message = fmt.Sprintf("the signing key of %s cannot be used: %s", cluster, oneLine(quotePath(err).Error()))
	}
	return mesh.Problem{Severity: mesh.SeverityError, Clusters: []string{cluster}, File: ws.path(signingKeyFile(cluster)), Message: message,
		Hint: "restore the file, or make a new key and certificate: kubectl mesh ca rotate --cluster " + shell.Quote(cluster) + ws.filenameFlag() +
			"; where the cluster has the key, write spec.trust.ca.keys: cluster"}
}

package workspace

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/parallel"
	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/rules"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/sealedsecret"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/sealing"
)

// ReadSealed reads the sealed files of these clusters, and records their problems for the rules. It omits invalid
// files.
func (ws *Public) ReadSealed(clusters []string) (map[string]*sealing.File, error) {
	files, wanted := map[string]*sealing.File{}, map[string]bool{}
	ws.Sealed = nil
	for _, one := range parallel.InOrder(ws.ctx, clusters, ws.readSealedOf) {
		if one.err != nil {
			return nil, one.err
		}
		maps.Copy(files, one.files)
		for i, found := range one.found {
			wanted[one.names[i]] = true
			ws.Sealed = append(ws.Sealed, found)
		}
	}
	ws.Sealed = append(ws.Sealed, ws.orphanedSealed(clusters, wanted)...)
	return files, nil
}

// SealedProblems returns the rules' findings in the sealed files that were read.
func (ws *Public) SealedProblems() []mesh.Problem {
	of := map[string]bool{}
	for _, sealed := range ws.Sealed {
		of[sealed.File] = true
	}
	return slices.DeleteFunc(ws.Check(nil), func(p mesh.Problem) bool { return !of[p.File] })
}

// UnsealedCertificates reports whether every bundle that must be sealed is; a sealed bundle that differs from trust/ is
// an error.
func (ws *Public) UnsealedCertificates() (bool, error) {
	missing := false
	for _, sealed := range ws.Sealed {
		if !sealed.Signing {
			continue
		}
		if sealed.Outdated != "" {
			return false, hint.Add(fmt.Errorf("%s does not match %s: %s", sealed.File, layout.Trust, sealed.Outdated),
				"seal, render, commit and apply it before the next phase: kubectl mesh seal"+ws.FilenameFlag())
		}
		missing = missing || sealed.Missing
	}
	return missing, nil
}

// sealedCluster is the result of reading a cluster's sealed files, by expected file name.
type sealedCluster struct {
	names []string
	found []rules.Sealed
	files map[string]*sealing.File
	err   error
}

func (ws *Public) readSealedOf(_ context.Context, name string) sealedCluster {
	sealables, err := ws.Sealables(name)
	one := sealedCluster{files: map[string]*sealing.File{}, err: err}
	if len(sealables) == 0 {
		return one
	}
	cluster, err := ws.Graph.Get(name)
	if err != nil {
		return sealedCluster{err: err}
	}
	sealer := SealerOf(cluster)
	for _, sealable := range sealables {
		file, found := ws.JudgeSealed(sealable, sealer)
		if file != nil {
			one.files[sealable.SealedFile()] = file
		}
		one.names, one.found = append(one.names, sealable.SealedFile()), append(one.found, found)
	}
	return one
}

// Sealables are the objects of a cluster that hold a credential and may be sealed.
func (ws *Public) Sealables(cluster string) ([]render.Sealable, error) {
	return render.Sealables(render.Input{Mesh: ws.Doc.Mesh, Graph: ws.Graph, Bundles: ws.Bundles}, cluster)
}

// SealerOf is for whom the credentials of a cluster are sealed.
func SealerOf(cluster *v1alpha1.Cluster) sealing.Sealer {
	if cluster.Sealing.Format != v1alpha1.SealingSealedSecrets {
		return sealing.Sealer{Recipients: cluster.Sealing.Age.Recipients}
	}
	certificate, err := sealedsecret.ParseCertificate(cluster.Sealing.SealedSecrets.CertificateData)
	if err != nil {
		return sealing.Sealer{} // it has been validated
	}
	return sealing.Sealer{Controller: sealing.Controller(certificate)}
}

// JudgeSealed reads a file and compares it with mesh.yaml.
func (ws *Public) JudgeSealed(want render.Sealable, sealer sealing.Sealer) (*sealing.File, rules.Sealed) {
	found := rules.Sealed{Cluster: want.Cluster, File: ws.Path(want.SealedFile()), Signing: want.IsSigning()}
	file, err := ws.ReadSealedFile(want)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		found.Missing = true
		return nil, found
	case err != nil:
		found.Problem = terminal.OneLine(terminal.QuotePath(err).Error())
		return nil, found
	}
	found.Outdated = file.Addressee(sealer)
	if name := differs(file, want); name != "" && found.Outdated == "" {
		found.Outdated = "another " + name
	}
	if found.Outdated == "" {
		found.Outdated = ws.expired(file, want.Pair)
	}
	if found.Outdated == "" {
		found.Outdated = want.Outdated(file)
	}
	if len(file.Description()) == 0 {
		found.Outdated = "its annotations do not describe its content, so it cannot be reviewed"
	}
	return file, found
}

// differs returns the fact in which a file differs from mesh.yaml and the certificates.
func differs(file *sealing.File, want render.Sealable) string {
	if want.IsSigning() {
		return file.Differ(want.Known, func(string) bool { return true })
	}
	return file.Differ(want.Known, sealing.IsAddress)
}

// expired reports that a file contains a credential of a generation that is no longer valid; empty if it is valid, or
// unknown.
func (ws *Public) expired(file *sealing.File, pair access.Pair) string {
	a, err := ws.Access(pair)
	held := file.Holds()
	if err != nil || held == "" { // cacerts has no pair
		return ""
	}
	for _, generation := range a.Generations() {
		if held == a.Marker(generation) {
			return ""
		}
	}
	return fmt.Sprintf("it contains the credential of %q, which is no longer valid; store the current one in "+
		"credentials/ before sealing", held)
}

// ReadSealedFile reads a file, and rejects one with another object than its name says.
func (ws *Public) ReadSealedFile(want render.Sealable) (*sealing.File, error) {
	text, err := ws.read(want.SealedFile(), sealing.MaxSize)
	if err != nil {
		return nil, err
	}
	file, err := sealing.Parse(text)
	if err != nil {
		return nil, err
	}
	return file, want.Accepts(file)
}

// orphanedSealed finds files that belong to no object of these clusters.
func (ws *Public) orphanedSealed(clusters []string, wanted map[string]bool) []rules.Sealed {
	there, _ := fs.Glob(ws.files, layout.SealedFile("*", "*")) // the pattern is valid
	var orphaned []rules.Sealed
	for _, name := range there {
		cluster := path.Base(path.Dir(name))
		declared, ours := ws.Graph.Cluster(cluster)
		if ours && path.Base(name) == layout.CACerts && ws.awaitsCertificates(declared) {
			continue
		}
		if !wanted[name] && (!ours || slices.Contains(clusters, cluster)) && !strings.HasPrefix(path.Base(name), ".") {
			orphaned = append(orphaned, rules.Sealed{Cluster: cluster, File: ws.Path(name), Orphaned: true})
		}
	}
	return orphaned
}

// awaitsCertificates reports whether a cluster is to have certificates that are not there yet: what is sealed of
// earlier ones stays.
func (ws *Public) awaitsCertificates(cluster *v1alpha1.Cluster) bool {
	_, there := ws.Bundles[cluster.Name]
	return !there && access.Signs(cluster) && access.NeedsRoot(ws.Doc.Mesh, ws.Graph)
}

// ProveSealed opens the sealed files for which it has keys, and compares them with their annotations.
func ProveSealed(files map[string]*sealing.File, keys sealing.Keys) (proven int, wrong map[string]error) {
	wrong = map[string]error{}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := files[name].Prove(keys); err != nil {
			wrong[name] = err
			continue
		}
		proven++
	}
	return proven, wrong
}

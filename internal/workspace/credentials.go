package workspace

import (
	"context"
	"errors"
	"io/fs"
	"path"

	"github.com/kubectl-mesh/kubectl-mesh/internal/parallel"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/rules"
)

// Credentials are the reader credentials in the workspace, of any form.
type Credentials struct {
	Held map[access.Pair]kubeconfig.Credential
	// Absent are those that are not collected yet, with the command that collects them.
	Absent map[access.Pair]render.Missing
	// Problems are warnings about those that are available.
	Problems []mesh.Problem
}

// ReadCredentials reads the credentials of pairs that the workspace stores. The error lists all unusable ones, each
// with its link and the command that fetches a new one.
func (ws *Workspace) ReadCredentials(pairs []access.Pair) (Credentials, error) {
	found := Credentials{Held: map[access.Pair]kubeconfig.Credential{}, Absent: map[access.Pair]render.Missing{}}
	var known []rules.Credential
	var unusable []mesh.Problem
	for pair, read := range parallel.InOrder(ws.ctx, pairs, ws.readCredential) {
		switch {
		case isGuarded(read.err):
			return Credentials{}, read.err
		case errors.Is(read.err, fs.ErrNotExist):
			found.Absent[pair] = absent(ws.MissingCredential(pair, read.err))
		case read.err != nil:
			unusable = append(unusable, ws.MissingCredential(pair, read.err))
		default:
			found.Held[pair] = read.credential
			known = append(known, read.known)
		}
	}
	if len(unusable) > 0 {
		return Credentials{}, &Problems{Name: "credentials", List: unusable, Rest: "fix these first"}
	}
	found.Problems = ws.Check(known)
	return found, nil
}

// absent describes a missing credential for rendering.
func absent(problem mesh.Problem) render.Missing {
	return render.Missing{Why: problem.Message, Next: problem.Hint}
}

// credentialFile is the result of reading one.
type credentialFile struct {
	credential kubeconfig.Credential
	known      rules.Credential
	err        error
}

func (ws *Workspace) readCredential(_ context.Context, pair access.Pair) credentialFile {
	credential, known, err := ws.ReadCredential(pair)
	return credentialFile{credential: credential, known: known, err: err}
}

// ReadCredential reads a pair's credential, with what the rules check except its validity: rendering does not depend on
// the clock.
func (ws *Workspace) ReadCredential(pair access.Pair) (kubeconfig.Credential, rules.Credential, error) {
	if ws.isCertificate(pair) {
		certificate, err := ws.ReadClientCertificate(pair)
		known := rules.Credential{Target: pair.Target, Consumer: pair.Consumer, File: ws.Path(path.Dir(pair.TokenFile()))}
		return kubeconfig.Credential{Certificate: certificate}, known, err
	}
	token, open, err := ws.ReadToken(pair)
	if err != nil {
		return kubeconfig.Credential{}, rules.Credential{}, err
	}
	return kubeconfig.Credential{Token: token}, ws.Credential(pair, token, open), nil
}

// MissingCredential reports a link without its credential, and how to get it.
func (ws *Workspace) MissingCredential(pair access.Pair, err error) mesh.Problem {
	if ws.isCertificate(pair) {
		return ws.MissingCertificate(pair, err)
	}
	return ws.MissingToken(pair, err)
}

func (ws *Workspace) isCertificate(pair access.Pair) bool {
	target, known := ws.Graph.Cluster(pair.Target)
	return known && access.KindOf(target).Traits().Form == access.FormCertificate
}

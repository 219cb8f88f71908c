package workspace

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
)

// ReadClientCertificate reads the newest available one: until the certificate of a new key arrives, a control plane
// keeps the previous one.
func (ws *Workspace) ReadClientCertificate(pair access.Pair) (kubeconfig.ClientCertificate, error) {
	a, missing := ws.Access(pair)
	if missing != nil {
		return kubeconfig.ClientCertificate{}, missing
	}
	for _, generation := range slices.Backward(a.Generations()) {
		certificate, err := ws.ReadClientGeneration(pair, generation)
		if !errors.Is(err, fs.ErrNotExist) {
			return certificate, err
		}
		missing = cmp.Or(missing, err)
	}
	return kubeconfig.ClientCertificate{}, cmp.Or(missing, fs.ErrNotExist) // a revoked consumer has none
}

// ReadClientGeneration reads one generation of a pair's certificate and key; the error is fs.ErrNotExist if one is
// missing.
func (ws *Workspace) ReadClientGeneration(pair access.Pair, generation int32) (kubeconfig.ClientCertificate, error) {
	key, err := ws.ReadFile(pair.ClientKeyFile(generation))
	if err != nil {
		return kubeconfig.ClientCertificate{}, err
	}
	text, err := ws.ReadFile(pair.ClientCertificateFile(generation))
	if err != nil {
		return kubeconfig.ClientCertificate{}, err
	}
	certificate, err := kubeconfig.ParseClientCertificate(text, key)
	if err == nil && certificate.User() != access.ReaderUser(pair.Consumer, generation) {
		err = fmt.Errorf("it belongs to %q, not to %q", certificate.User(), access.ReaderUser(pair.Consumer, generation))
	}
	return certificate, err
}

// MissingCertificate reports a missing or unusable certificate of a pair, and how to get one.
func (ws *Workspace) MissingCertificate(pair access.Pair, err error) mesh.Problem {
	message := fmt.Sprintf("%s has no client certificate for %s", pair.Consumer, pair.Target)
	hint, generation := ws.RequestCommand(pair), int32(1)
	if a, err := ws.Access(pair); err == nil {
		generation = a.Newest()
	}
	file := pair.ClientCertificateFile(generation)
	if at, ok := errors.AsType[*fs.PathError](err); ok && at.Path == file && errors.Is(err, fs.ErrNotExist) {
		hint = "approve the request at the site of " + pair.Target + ": kubectl mesh credentials approve --help"
	} else if !errors.Is(err, fs.ErrNotExist) {
		message = fmt.Sprintf("the client certificate of %s for %s cannot be used: %s",
			pair.Consumer, pair.Target, terminal.OneLine(terminal.QuotePath(err).Error()))
	}
	return mesh.Problem{Severity: mesh.SeverityError, Clusters: []string{pair.Target, pair.Consumer},
		File: ws.Path(file), Message: message, Hint: hint}
}

// ClientPair returns a pair whose credential is a client certificate.
func (ws *Workspace) ClientPair(consumer, target string) (access.Pair, error) {
	for _, name := range []string{consumer, target} {
		if err := ws.CheckCluster(name); err != nil {
			return access.Pair{}, err
		}
	}
	for _, pair := range access.CertificatePairs(ws.Graph, consumer) {
		if pair.Target == target {
			a, err := ws.Access(pair)
			if err != nil {
				return pair, err
			}
			if why, instead := a.Kind().Unsupported(a.Target); why != "" {
				err = verdict.Inputf(instead, "%s", why)
			}
			return pair, err
		}
	}
	return access.Pair{}, verdict.Inputf(
		"set reader: {auth: clientCertificate} for "+target+", and add a link from "+consumer,
		"%s does not read %s with a client certificate", consumer, target)
}

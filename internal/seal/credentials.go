package seal

import (
	"errors"
	"io/fs"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// credentials reads what is at hand of a cluster, and says of the rest how to get it. What cannot be used is a problem.
func (r *run) credentials(cluster *v1alpha1.Cluster, sealables []render.Sealable) render.Input {
	ws := r.Workspace
	in := ws.RenderInput()
	in.AbsentCredentials, in.AbsentKeys = map[access.Pair]render.Missing{}, map[string]render.Missing{}
	for _, sealable := range sealables {
		pair := sealable.Pair
		switch target, isRemote := ws.Graph.Cluster(pair.Target); {
		case !isRemote:
			if err := r.key(&in, cluster.Name); err != nil {
				lack(r, in.AbsentKeys, cluster.Name, ws.MissingKey(cluster.Name, err), err)
			}
		case access.KindOf(target).Traits().Form == access.FormCertificate:
			if err := r.certificate(&in, pair); err != nil {
				lack(r, in.AbsentCredentials, pair, ws.MissingCertificate(pair, err), err)
			}
		default:
			if err := r.token(&in, pair); err != nil {
				lack(r, in.AbsentCredentials, pair, ws.MissingToken(pair, err), err)
			}
		}
	}
	return in
}

// lack notes why a credential is not at hand: one that is there and cannot be used is a problem.
func lack[K comparable](r *run, absent map[K]render.Missing, of K, problem mesh.Problem, err error) {
	if errors.Is(err, fs.ErrNotExist) {
		absent[of] = render.Missing{Why: problem.Message, Next: problem.Hint}
		return
	}
	r.problems = append(r.problems, problem)
}

func (r *run) key(in *render.Input, cluster string) error {
	bundle := r.Workspace.Bundles[cluster]
	key, err := r.Workspace.ReadKey(layout.SigningKey(cluster))
	if bundle.Key = key; err == nil {
		err = bundle.CheckOnce()
	}
	if err == nil {
		in.Bundles = r.Workspace.BundlesWith(cluster, bundle)
	}
	return err
}

func (r *run) certificate(in *render.Input, pair access.Pair) error {
	certificate, err := r.Workspace.ReadClientCertificate(pair)
	if err != nil {
		return err
	}
	in.ClientCertificates[pair] = certificate
	if life, ok := r.Workspace.Validity(pair); ok {
		r.known = append(r.known, life)
	}
	return nil
}

func (r *run) token(in *render.Input, pair access.Pair) error {
	token, open, err := r.Workspace.ReadToken(pair)
	if err != nil {
		return err
	}
	in.Tokens[pair] = token
	known := r.Workspace.Credential(pair, token, open)
	if life, ok := r.Workspace.Validity(pair); ok {
		known.NotBefore, known.NotAfter = life.NotBefore, life.NotAfter
	}
	r.known = append(r.known, known)
	return nil
}

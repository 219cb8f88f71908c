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

// credentials reads a cluster's available credentials, and returns how to get the others. Unusable ones are problems.
func (r *run) credentials(cluster *v1alpha1.Cluster, sealables []render.Sealable) render.Input {
	ws := r.Workspace
	in := ws.RenderInput()
	in.AbsentCredentials, in.AbsentKeys = map[access.Pair]render.Missing{}, map[string]render.Missing{}
	for _, sealable := range sealables {
		pair := sealable.Pair
		if _, isRemote := ws.Graph.Cluster(pair.Target); !isRemote {
			if err := r.key(&in, cluster.Name); err != nil {
				missingProperty(r, in.AbsentKeys, cluster.Name, ws.MissingKey(cluster.Name, err), err)
			}
		} else if err := r.credential(&in, pair); err != nil {
			missingProperty(r, in.AbsentCredentials, pair, ws.MissingCredential(pair, err), err)
		}
	}
	return in
}

// missingProperty records why a credential is not available: an existing but unusable one is a problem.
func missingProperty[K comparable](r *run, absent map[K]render.Missing, of K, problem mesh.Problem, err error) {
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

func (r *run) credential(in *render.Input, pair access.Pair) error {
	credential, known, err := r.Workspace.ReadCredential(pair)
	if err != nil {
		return err
	}
	in.Credentials[pair] = credential
	if validity, ok := r.Workspace.Validity(pair); ok {
		known.NotBefore, known.NotAfter = validity.NotBefore, validity.NotAfter
	}
	r.known = append(r.known, known)
	return nil
}

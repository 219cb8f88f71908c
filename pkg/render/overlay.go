package render

import (
	"fmt"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// Overlay is everything that one cluster gets.
type Overlay struct {
	Cluster string
	// Manifests in no particular order, but for those of one file.
	Manifests []Manifest
	// Held are those that lack an input.
	Held []Held
}

// Manifest is a file of objects that belong together, or one of the parts of a file.
type Manifest struct {
	// File is the name of the file, such as readers.yaml.
	File string
	// Peer is the cluster that the part of a file is about, where other parts are about others.
	Peer string
	// Comment tells a reviewer what the objects cannot say themselves; lines without "#".
	Comment string
	// Secret manifests hold a credential. They are no part of the reviewed tree.
	Secret bool
	// Shared manifests can be the same in several clusters. In the reviewed tree they are in base, also where
	// one cluster alone has them, so that no object moves when another cluster joins or leaves.
	Shared  bool
	Objects []Object
	// Kept is the text of a part that is held back, as an earlier rendering wrote it: it stays in the file.
	Kept []byte
	// Missing is the input without which it cannot be rendered; its objects have nothing but kind and name then.
	Missing *Missing
}

// Options of a compilation.
type Options struct {
	// Secrets asks for the manifests that hold credentials too. Without it no credential is looked at, and
	// sealed objects take the place of those manifests.
	Secrets bool
	// Redacted asks for those manifests with each credential replaced by what it is. It needs none at hand.
	Redacted bool
}

// Compile returns the overlay of one cluster.
func Compile(in Input, name string, opts Options) (Overlay, error) {
	cluster, ok := in.Graph.Cluster(name)
	if !ok {
		return Overlay{}, noCluster(name)
	}
	c := newCompiler(in, cluster)
	namespace, err := c.namespace()
	if err != nil {
		return Overlay{}, err
	}
	sample, err := c.sample()
	if err != nil {
		return Overlay{}, err
	}
	admission, err := c.admission()
	if err != nil {
		return Overlay{}, err
	}
	overlay := Overlay{Cluster: name, Manifests: append(c.readerRoles(), namespace)}
	for _, more := range [][]Manifest{
		c.readers(), c.controlPlanePermissions(), c.eastWest(), c.helmGateways(), c.fleet(), admission, sample,
	} {
		overlay.Manifests = append(overlay.Manifests, more...)
	}
	err = c.await(&overlay, opts)
	return overlay, err
}

// await adds the manifests that take an input from elsewhere.
func (c compiler) await(overlay *Overlay, opts Options) error {
	credentials := func() ([]Manifest, error) { return c.credentials(opts) }
	for _, more := range []func() ([]Manifest, error){c.publicCacerts, c.publicSecrets, c.peers, credentials} {
		manifests, err := more()
		if err != nil {
			return err
		}
		overlay.add(manifests...)
	}
	return nil
}

// credentials are the manifests that hold credentials, in the form that is asked for.
func (c compiler) credentials(opts Options) ([]Manifest, error) {
	switch {
	case opts.Redacted:
		return c.redacted()
	case opts.Secrets:
		return c.secrets()
	default:
		return c.sealed()
	}
}

// secrets are the manifests that hold credentials.
func (c compiler) secrets() ([]Manifest, error) {
	remotes, err := c.remoteSecrets()
	if err != nil {
		return nil, err
	}
	certificates, err := c.secretCacerts()
	return append(remotes, certificates...), err
}

// compiler makes the objects of one cluster.
type compiler struct {
	Input
	cluster *v1alpha1.Cluster
	labels  map[string]string
}

func noCluster(name string) error { return fmt.Errorf("compile overlay: no cluster %q", name) }

func newCompiler(in Input, cluster *v1alpha1.Cluster) compiler {
	return compiler{Input: in, cluster: cluster, labels: access.Labels(in.Mesh.Metadata.Name)}
}

// Objects returns all objects of the overlay, in the order of a stream.
func (o Overlay) Objects() []Object {
	var all []Object
	for _, manifest := range o.Manifests {
		all = append(all, manifest.Objects...)
	}
	sortObjects(all)
	return all
}

// Secrets returns the objects that hold a credential, in the order of a stream.
func (o Overlay) Secrets() []Object {
	var secrets []Object
	for _, manifest := range o.Manifests {
		if manifest.Secret {
			secrets = append(secrets, manifest.Objects...)
		}
	}
	sortObjects(secrets)
	return secrets
}

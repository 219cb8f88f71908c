package render

import (
	"fmt"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// Overlay is everything that one cluster gets.
type Overlay struct {
	Cluster string
	// Manifests are unordered, except for those of one file.
	Manifests []Manifest
	// Held are the manifests with a missing input.
	Held []Held
}

// Manifest is a file of related objects, or a part of a file.
type Manifest struct {
	// File is the file's name, such as readers.yaml.
	File string
	// Peer is the cluster that this part of a file describes, if other parts describe others.
	Peer string
	// Comment explains to reviewers what the objects do not show; lines without "#".
	Comment string
	// Secret manifests contain a credential and are not in the reviewed tree.
	Secret bool
	// Shared manifests can be the same in several clusters. In the reviewed tree they are in base, even if only one
	// cluster has them, so that no object moves when another cluster joins or leaves.
	Shared  bool
	Objects []Object
	// Kept is the text of a held part as an earlier rendering wrote it. It stays in the file.
	Kept []byte
	// Missing is the missing input, if any; the objects then have only a kind and a name.
	Missing *Missing
}

// Options of a compilation.
type Options struct {
	// Secrets includes the manifests with credentials. Otherwise no credential is read, and sealed objects replace those
	// manifests.
	Secrets bool
	// Redacted includes those manifests with a description in place of each credential. It needs no credentials.
	Redacted bool
}

// Compile returns a cluster's overlay.
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

// await adds the manifests that depend on external input.
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

// credentials returns the manifests with credentials in the requested form.
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

// secrets returns the manifests with credentials.
func (c compiler) secrets() ([]Manifest, error) {
	remotes, err := c.remoteSecrets()
	if err != nil {
		return nil, err
	}
	certificates, err := c.secretCacerts()
	return append(remotes, certificates...), err
}

// compiler builds the objects of one cluster.
type compiler struct {
	Input
	cluster *v1alpha1.Cluster
	labels  map[string]string
}

func noCluster(name string) error { return fmt.Errorf("compile overlay: no cluster %q", name) }

func newCompiler(in Input, cluster *v1alpha1.Cluster) compiler {
	return compiler{Input: in, cluster: cluster, labels: access.Labels(in.Mesh.Metadata.Name)}
}

// Objects returns all objects of the overlay, in stream order.
func (o Overlay) Objects() []Object {
	var all []Object
	for _, manifest := range o.Manifests {
		all = append(all, manifest.Objects...)
	}
	sortObjects(all)
	return all
}

// Secrets returns the objects with a credential, in stream order.
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

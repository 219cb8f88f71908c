package render

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/client-go/applyconfigurations/core/v1"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/sealing"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// Sealable is an object with a credential that a cluster is to have as ciphertext.
type Sealable struct {
	// Cluster gets the object; File is the name of its file in sealed/CLUSTER, and in the tree of credentials.
	Cluster, File   string
	Namespace, Name string
	// Keys of the object, sorted.
	Keys []string
	// Pair that a remote secret is for; the zero Pair for cacerts.
	Pair access.Pair
	// Known are the facts of it that are known without the credential.
	Known map[string]string
	// Open is the Secret without its values.
	Open sealing.Secret
}

// SealedFile is where the ciphertext lies, relative to the folder of mesh.yaml.
func (s Sealable) SealedFile() string { return layout.SealedFile(s.Cluster, s.File) }

// Accepts refuses a file that is another object than this one, or has other keys: istiod takes each key of a
// remote secret for a cluster.
func (s Sealable) Accepts(file *sealing.File) error {
	if file.Name != s.Name || file.Namespace != s.Namespace {
		return errors.New("it must be " + s.Namespace + "/" + s.Name + ", but is another object")
	}
	if !slices.Equal(file.Keys, s.Keys) {
		return fmt.Errorf("it must have no other keys than %s", strings.Join(s.Keys, ", "))
	}
	return nil
}

// IsSigning tells the certificate with which the istiod of the cluster signs from a remote secret.
func (s Sealable) IsSigning() bool { return s.Pair == access.Pair{} }

// Outdated says in what of its labels and annotations, the facts apart, a file is not the Secret that would be
// sealed today; empty when it is. Such a file can be rendered, and has to be sealed again.
func (s Sealable) Outdated(file *sealing.File) string {
	if !file.IsOf(s.Open) {
		return "other labels or annotations"
	}
	return ""
}

// Sealables are the objects with a credential of a cluster that has them sealed; none of another.
func Sealables(in Input, name string) ([]Sealable, error) {
	cluster, ok := in.Graph.Cluster(name)
	if !ok {
		return nil, noCluster(name)
	}
	if cluster.Sealing.Format == v1alpha1.SealingNone {
		return nil, nil
	}
	c := newCompiler(in, cluster)
	var all []Sealable
	for _, pair := range access.SecretPairs(in.Graph, name) {
		target, err := in.Graph.Get(pair.Target)
		if err != nil {
			return nil, err
		}
		all = append(all, Sealable{Cluster: name, File: layout.RemoteSecret(target.Name), Namespace: cluster.Istio.Namespace,
			Name: access.RemoteSecret(target.Name), Keys: []string{target.ID()}, Pair: pair,
			Known: sealing.Address(c.remoteOf(target, kubeconfig.Credential{})), Open: openSecret(c.remoteSecretOf(target, ""))})
	}
	if bundle, ok := c.Bundles[name]; ok && c.hasKey() {
		known, err := sealing.Signing(bundle)
		if err != nil {
			return nil, err
		}
		keys := append(slices.Collect(maps.Keys(bundle.Public())), trust.CAKeyFile)
		slices.Sort(keys)
		all = append(all, Sealable{Cluster: name, File: layout.CACerts, Namespace: cluster.Istio.Namespace,
			Name: access.SigningSecret, Keys: keys, Known: known, Open: openSecret(c.cacertsSecret())})
	}
	return all, nil
}

// PlainSecrets returns what is to be sealed for a cluster, by the name of the file: the secret manifests of which the
// credentials are at hand; and those of which they are not.
func PlainSecrets(in Input, name string) (map[string]sealing.Secret, []Held, error) {
	cluster, ok := in.Graph.Cluster(name)
	if !ok {
		return nil, nil, noCluster(name)
	}
	secrets, err := newCompiler(in, cluster).secrets()
	if err != nil {
		return nil, nil, err
	}
	overlay, plain := Overlay{Cluster: name}, map[string]sealing.Secret{}
	overlay.add(secrets...)
	for _, manifest := range overlay.Manifests {
		for _, object := range manifest.Objects {
			if secret, ok := object.(*corev1.SecretApplyConfiguration); ok && manifest.Secret {
				plain[manifest.File] = plainSecret(secret)
			}
		}
	}
	return plain, overlay.Held, nil
}

// openSecret is a Secret without its values.
func openSecret(secret *corev1.SecretApplyConfiguration) sealing.Secret {
	open := plainSecret(secret)
	open.Plain = nil
	return open
}

func plainSecret(secret *corev1.SecretApplyConfiguration) sealing.Secret {
	plain := sealing.Secret{
		Namespace:   *secret.Namespace,
		Name:        *secret.Name,
		Labels:      secret.Labels,
		Annotations: secret.Annotations,
		Plain:       secret.StringData,
	}
	if secret.Type != nil {
		plain.Type = *secret.Type
	}
	return plain
}

// sealed are the objects that somebody has sealed, in the place of those that hold a credential. Of a cluster that has
// nothing sealed they are in no file; that they lack an address or a certificate is known all the same.
func (c compiler) sealed() ([]Manifest, error) {
	if c.cluster.Sealing.Format == v1alpha1.SealingNone {
		return c.heldUnsealed(), nil
	}
	if c.Sealed == nil {
		return nil, nil
	}
	all, err := Sealables(c.Input, c.cluster.Name)
	if err != nil {
		return nil, err
	}
	var manifests []Manifest
	for _, sealable := range all {
		m, err := c.sealedManifest(sealable)
		if err != nil {
			return nil, fmt.Errorf("render %s: %w", sealable.SealedFile(), err)
		}
		manifests = append(manifests, m)
	}
	if c.hasKey() {
		for _, m := range c.heldCacerts(c.noCertificates()) {
			m.Secret, m.Objects = false, c.sealedNames(access.SigningSecret)
			manifests = append(manifests, m)
		}
	}
	return manifests, nil
}

// heldUnsealed is what a cluster would not get with any credential at hand.
func (c compiler) heldUnsealed() []Manifest {
	var manifests []Manifest
	for _, pair := range access.SecretPairs(c.Graph, c.cluster.Name) {
		target, known := c.Graph.Cluster(pair.Target)
		if !known {
			continue
		}
		if missing := c.noServer(target); missing != nil {
			manifests = append(manifests, c.heldRemoteSecret(target, missing))
		}
	}
	if c.hasKey() {
		manifests = append(manifests, c.heldCacerts(c.noCertificates())...)
	}
	return manifests
}

// sealedManifest is the ciphertext of one object. A remote secret is a part of the file of all readers, so that a
// cluster that joins changes no further file of the others: Flux decrypts each object alone, after kustomize has built
// it (kustomize-controller internal/decryptor/decryptor.go, DecryptResource, checked 2026-12-01), and a SealedSecret is
// an object as any other.
func (c compiler) sealedManifest(sealable Sealable) (Manifest, error) {
	m := Manifest{File: sealable.File}
	target, isRemote := c.Graph.Cluster(sealable.Pair.Target)
	if isRemote {
		m.File, m.Peer, m.Missing = layout.Readers, target.Name, c.noServer(target)
	}
	file, ok := c.Sealed[sealable.SealedFile()]
	if m.Missing == nil && !ok {
		m.Missing = &Missing{
			Why:  sealable.SealedFile() + " does not exist",
			Next: "kubectl mesh seal --cluster " + c.cluster.Name,
		}
	}
	switch {
	case m.Missing == nil:
	case isRemote:
		return c.heldPart(m.File, target, m.Missing, c.sealedNames(sealable.Name)), nil
	default:
		m.Objects = c.sealedNames(sealable.Name)
		return m, nil
	}
	m.Objects = []Object{&sealedObject{file: file}}
	m.Comment = "Ciphertext from " + sealable.SealedFile() + "; the annotations describe its content."
	return m, sealable.Accepts(file)
}

// sealedNames are a Secret and, where a controller decrypts it, what it is decrypted from, by their names alone: the
// last one is in the file.
func (c compiler) sealedNames(name string) []Object {
	names := []Object{corev1.Secret(name, c.cluster.Istio.Namespace)}
	if c.cluster.Sealing.Format == v1alpha1.SealingSealedSecrets {
		object := newCustomObject("bitnami.com/v1alpha1", "SealedSecret", name, c.cluster.Istio.Namespace, nil)
		names = append(names, &object)
	}
	return names
}

// sealedObject is what was verified of a sealed file.
type sealedObject struct{ file *sealing.File }

func (o *sealedObject) GetKind() *string       { return &o.file.Kind }
func (o *sealedObject) GetAPIVersion() *string { return &o.file.APIVersion }
func (o *sealedObject) GetName() *string       { return &o.file.Name }
func (o *sealedObject) GetNamespace() *string  { return &o.file.Namespace }

// MarshalJSON writes nothing of the file but what was verified.
func (o *sealedObject) MarshalJSON() ([]byte, error) { return json.Marshal(o.file.Object()) }

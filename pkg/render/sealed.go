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

// Sealable is an object with a credential that a cluster gets as ciphertext.
type Sealable struct {
	// Cluster gets the object; File is the name of its file in sealed/CLUSTER and in the credentials tree.
	Cluster, File   string
	Namespace, Name string
	// Keys of the object, sorted.
	Keys []string
	// Pair of a remote secret; the zero Pair for cacerts.
	Pair access.Pair
	// Known are the facts that are known without the credential.
	Known map[string]string
	// Open is the Secret without its values.
	Open sealing.Secret
}

// SealedFile returns the path of the ciphertext, relative to the directory of mesh.yaml.
func (s Sealable) SealedFile() string { return layout.SealedFile(s.Cluster, s.File) }

// Accepts rejects a file with another object or with other keys: istiod takes each key of a remote secret for a
// cluster.
func (s Sealable) Accepts(file *sealing.File) error {
	if file.Name != s.Name || file.Namespace != s.Namespace {
		return errors.New("it must be " + s.Namespace + "/" + s.Name + ", but is another object")
	}
	if !slices.Equal(file.Keys, s.Keys) {
		return fmt.Errorf("it must have no other keys than %s", strings.Join(s.Keys, ", "))
	}
	return nil
}

// IsSigning distinguishes the signing certificate of the cluster's istiod from remote secrets.
func (s Sealable) IsSigning() bool { return s.Pair == access.Pair{} }

// Outdated describes how a file's labels and annotations, except facts, differ from what would be sealed today; empty
// if they do not. An outdated file can be rendered, but must be sealed again.
func (s Sealable) Outdated(file *sealing.File) string {
	if !file.IsOf(s.Open) {
		return "other labels or annotations"
	}
	return ""
}

// Sealables returns the objects that a cluster gets sealed.
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

// PlainSecrets returns what to seal for a cluster, by file name, and the files whose credentials are not available.
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

// openSecret returns a Secret without its values.
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

// sealed returns the sealed objects that replace those with credentials. Without sealed files, only missing addresses
// and certificates are reported.
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

// heldUnsealed returns what would be held back even if all credentials were available.
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

// sealedManifest returns the ciphertext of one object. A remote secret is a part of the file of all remote secrets, so
// that a new cluster changes no additional file of the others: Flux decrypts each object separately, after kustomize
// has built it (kustomize-controller internal/decryptor/decryptor.go, DecryptResource, checked 2026-12-01), and a
// SealedSecret is an object like any other.
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

// sealedNames returns, by name only, a Secret and, if a controller decrypts it, its source object, which is last and in
// the file.
func (c compiler) sealedNames(name string) []Object {
	names := []Object{corev1.Secret(name, c.cluster.Istio.Namespace)}
	if c.cluster.Sealing.Format == v1alpha1.SealingSealedSecrets {
		object := newCustomObject("bitnami.com/v1alpha1", "SealedSecret", name, c.cluster.Istio.Namespace, nil)
		names = append(names, &object)
	}
	return names
}

// sealedObject is the verified content of a sealed file.
type sealedObject struct{ file *sealing.File }

func (o *sealedObject) GetKind() *string       { return &o.file.Kind }
func (o *sealedObject) GetAPIVersion() *string { return &o.file.APIVersion }
func (o *sealedObject) GetName() *string       { return &o.file.Name }
func (o *sealedObject) GetNamespace() *string  { return &o.file.Namespace }

// MarshalJSON writes only the verified content of the file.
func (o *sealedObject) MarshalJSON() ([]byte, error) { return json.Marshal(o.file.Object()) }

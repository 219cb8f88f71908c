package sealing

import (
	"crypto/hmac"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"

	corev1api "k8s.io/api/core/v1"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/manifest"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/pruneguard"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/sealedsecret"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/sops"
)

// Annotations in addition to the facts.
const (
	// annotationSource shows holders of the workspace's key whether the plain values have changed.
	annotationSource = Prefix + "sealed-from"
	// annotationController is the certificate that a SealedSecret was encrypted with.
	annotationController = Prefix + "sealing-certificate-sha256"
)

// Secret is a Secret with plain values, in stringData.
type Secret struct {
	Namespace, Name     string
	Labels, Annotations map[string]string
	Type                corev1api.SecretType
	Plain               map[string]string
}

// Source identifies the plain values, but only to holders of a workspace's key, because a chosen value could be guessed
// from a plain hash. The short sum of the key identifies the key.
func (s Secret) Source(key []byte) string {
	mac := hmac.New(sha256.New, key)
	for _, name := range slices.Sorted(maps.Keys(s.Plain)) {
		mac.Write([]byte(strconv.Quote(name) + strconv.Quote(s.Plain[name])))
	}
	id := sha256.Sum256(append([]byte("kubectl-mesh sealing key "), key...))
	return "hmac-sha256:" + hex.EncodeToString(id[:4]) + ":" + hex.EncodeToString(mac.Sum(nil))
}

// annotations are those of the sealed object: facts, and the source.
func (s Secret) annotations(source string) (map[string]string, error) {
	all, err := Describe(s.Plain)
	if err != nil {
		return nil, fmt.Errorf("seal %s: %w", s.Name, err)
	}
	set(all, annotationSource, source)
	return all, nil
}

// SOPS returns the file of a Secret encrypted for sops.
func (s Secret) SOPS(encryption sops.Encryption, source string) ([]byte, error) {
	annotations, err := s.annotations(source)
	if err != nil {
		return nil, err
	}
	cipher, block, err := encryption.Encrypt("stringData", s.Plain)
	if err != nil {
		return nil, fmt.Errorf("seal %s: %w", s.Name, err)
	}
	maps.Copy(annotations, s.Annotations)
	return s.file(sopsSecret{
		APIVersion: secretAPI, Kind: secretKind, SOPS: sopsBlock(block), StringData: cipher, Type: s.Type,
		Metadata: metadata{Name: s.Name, Namespace: s.Namespace, Labels: s.Labels, Annotations: annotations},
	})
}

// SealedSecret returns the file of a SealedSecret in strict scope.
func (s Secret) SealedSecret(random io.Reader, controller *x509.Certificate, source string) ([]byte, error) {
	key, ok := controller.PublicKey.(*rsa.PublicKey)
	if !ok {
		return nil, errors.New("seal " + s.Name + ": the controller's certificate has no RSA key")
	}
	annotations, err := s.annotations(source)
	if err != nil {
		return nil, err
	}
	annotations[annotationController] = Controller(controller)
	maps.Copy(annotations, guards(s.Annotations)) // deleting the SealedSecret makes the controller delete the Secret
	spec := sealedSpec{EncryptedData: map[string]string{}, Template: secretTemplate{Type: s.Type,
		Metadata: metadata{Name: s.Name, Namespace: s.Namespace, Labels: s.Labels, Annotations: s.Annotations}}}
	for _, name := range slices.Sorted(maps.Keys(s.Plain)) {
		sealed, err := sealedsecret.Seal(random, key, s.name(), []byte(s.Plain[name]))
		if err != nil {
			return nil, fmt.Errorf("seal %s: %w", s.Name, err)
		}
		spec.EncryptedData[name] = sealed
	}
	labels := maps.Clone(s.Labels)
	maps.DeleteFunc(labels, func(name, _ string) bool { return name == labelMultiCluster })
	return s.file(sealedSecret{
		APIVersion: sealedAPI, Kind: sealedKind, Spec: spec,
		Metadata: metadata{Name: s.Name, Namespace: s.Namespace, Labels: labels, Annotations: annotations},
	})
}

// guards returns the annotations that protect an object from pruning.
func guards(annotations map[string]string) map[string]string {
	found := map[string]string{}
	for name := range pruneguard.Annotations() {
		set(found, name, annotations[name])
	}
	return found
}

func (s Secret) name() sealedsecret.Name {
	return sealedsecret.Name{Namespace: s.Namespace, Name: s.Name}
}

// Controller identifies a controller's certificate in an annotation.
func Controller(certificate *x509.Certificate) string {
	sum := sha256.Sum256(certificate.Raw)
	return hex.EncodeToString(sum[:])
}

// header starts every sealed file that this program writes.
const header = "# Sealed by kubectl mesh seal. The annotations describe its content; kubectl mesh validate " +
	"--identity verifies them.\n"

// file returns the text of a sealed object, unless Parse would reject it.
func (s Secret) file(object any) ([]byte, error) {
	text, err := manifest.Encode(object)
	if err == nil {
		text = append([]byte(header), text...)
		_, err = Parse(text)
	}
	if err != nil {
		return nil, fmt.Errorf("seal %s: %w", s.Name, err)
	}
	return text, nil
}

package clusters

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"sigs.k8s.io/yaml"
)

// externalSecretDefinition defines no fields: tests read what the program rendered.
const externalSecretDefinition = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: externalsecrets.external-secrets.io}
spec:
  group: external-secrets.io
  scope: Namespaced
  names: {kind: ExternalSecret, plural: externalsecrets, singular: externalsecret, listKind: ExternalSecretList}
  versions:
  - name: v1
    served: true
    storage: true
    schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
`

// ExternalSecrets is the kind of External Secrets.
func ExternalSecrets() schema.GroupVersionResource {
	return schema.GroupVersionResource{Group: "external-secrets.io", Version: "v1", Resource: "externalsecrets"}
}

// InstallExternalSecrets installs the kind, and returns once it is served. Nothing acts on its objects: see FillSecret.
func InstallExternalSecrets(t testing.TB, clusters ...*Cluster) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), startTimeout)
	defer cancel()
	crd := &unstructured.Unstructured{}
	if err := yaml.Unmarshal([]byte(externalSecretDefinition), crd); err != nil {
		t.Fatal(err)
	}
	for _, c := range clusters {
		if err := c.applyCRDs(ctx, []*unstructured.Unstructured{crd}); err != nil {
			t.Fatalf("install External Secrets: %v", err)
		}
	}
}

// FillSecret acts as the owner of a store and External Secrets: the token is in the store, an ExternalSecret's template
// is filled with it, and the cluster gets the Secret.
func FillSecret(t testing.TB, c *Cluster, namespace, name string, token []byte) {
	t.Helper()
	if err := c.fillSecret(t.Context(), namespace, name, token); err != nil {
		t.Fatalf("fill the Secret of ExternalSecret %s/%s in %s: %v", namespace, name, c.Name, err)
	}
}

func (c *Cluster) fillSecret(ctx context.Context, namespace, name string, token []byte) error {
	kinds, err := dynamic.NewForConfig(c.Config())
	if err != nil {
		return err
	}
	found, err := kinds.Resource(ExternalSecrets()).Namespace(namespace).Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return err
	}
	secret, err := filled(found, token)
	if err != nil {
		return err
	}
	client, err := kubernetes.NewForConfig(c.Config())
	if err != nil {
		return err
	}
	secrets := client.CoreV1().Secrets(namespace)
	if _, err = secrets.Create(ctx, secret, metav1.CreateOptions{}); apierrors.IsAlreadyExists(err) {
		_, err = secrets.Update(ctx, secret, metav1.UpdateOptions{})
	}
	return err
}

// filled returns the Secret that an ExternalSecret describes.
func filled(external *unstructured.Unstructured, token []byte) (*corev1.Secret, error) {
	text, err := json.Marshal(external.Object)
	if err != nil {
		return nil, err
	}
	var described struct {
		Spec struct {
			Target struct {
				Name     string
				Template struct {
					Data     map[string]string
					Metadata struct{ Labels, Annotations map[string]string }
				}
			}
		}
	}
	if err := json.Unmarshal(text, &described); err != nil {
		return nil, err
	}
	target := described.Spec.Target
	secret := &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{
			Name:        target.Name,
			Labels:      target.Template.Metadata.Labels,
			Annotations: target.Template.Metadata.Annotations,
		},
		StringData: map[string]string{},
	}
	for key, template := range target.Template.Data {
		before, after, found := strings.Cut(template, "{{.token|trim}}")
		if !found {
			return nil, fmt.Errorf("the template of key %s has no place for a token", key)
		}
		secret.StringData[key] = before + string(token) + after
	}
	return secret, nil
}

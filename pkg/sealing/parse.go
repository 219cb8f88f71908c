package sealing

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	corev1api "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/sealedsecret"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/sops"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/strict"
)

// MaxSize bounds a file: Kubernetes limits a Secret to one MiB, and ciphertext is longer.
const MaxSize = strict.MaxSize

// Parse parses a file that will be committed and rendered. It accepts what this program writes, and what sops makes of
// that, and rejects every other field, label, annotation and key service: those would not be verified, and an API
// server, Flux or a controller would act on them. The remedy is to seal again. Errors never repeat a value.
func Parse(text []byte) (*File, error) {
	document, err := strict.ToJSON(text)
	if err != nil {
		return nil, err
	}
	var head struct {
		APIVersion string          `json:"apiVersion"`
		Kind       string          `json:"kind"`
		SOPS       json.RawMessage `json:"sops"`
		StringData json.RawMessage `json:"stringData"`
	}
	if err := strict.JSON(document, &head, strict.AllowUnknownFields); err != nil {
		return nil, err
	}
	switch noBlock := len(head.SOPS) == 0 || string(head.SOPS) == "null"; {
	case head.APIVersion == secretAPI && head.Kind == secretKind && noBlock:
		return nil, errors.New("it is a plain Secret: it has no sops block")
	case head.APIVersion == secretAPI && head.Kind == secretKind:
		return parseSOPS(document, inOrder(head.StringData))
	case head.APIVersion == sealedAPI && head.Kind == sealedKind:
		return parseSealedSecret(document)
	}
	return nil, errors.New("it is neither a SOPS Secret nor a SealedSecret")
}

func parseSOPS(document []byte, order []string) (*File, error) {
	var secret sopsSecret
	if err := strict.JSON(document, &secret); err != nil {
		return nil, err
	}
	const values = "stringData"
	problems := secret.Metadata.check("metadata", writtenToSecret())
	problems = append(problems, checkKeys(values, secret.StringData)...)
	problems = append(problems, checkType("type", secret.Type)...)
	if !slices.IsSorted(order) { // they are when it is rendered
		problems = append(problems, strict.Problem{Field: values,
			Message: "the keys are not sorted, and the MAC covers the values in their order"})
	}
	encrypted, err := sops.NewDocument(values, secret.StringData, sops.Block(secret.SOPS))
	if err := join(problems, err); err != nil {
		return nil, err
	}
	file := newFile(secret.Metadata, secret.StringData)
	file.APIVersion, file.Kind = secret.APIVersion, secret.Kind
	file.object, file.sops, file.secret, file.kind = secret, encrypted, secret.Metadata, string(secret.Type)
	file.Recipients = slices.Sorted(slices.Values(encrypted.Block.Recipients()))
	return file, nil
}

func parseSealedSecret(document []byte) (*File, error) {
	var sealed sealedSecret
	if err := strict.JSON(document, &sealed); err != nil {
		return nil, err
	}
	const values = "spec.encryptedData"
	template := sealed.Spec.Template
	problems := sealed.Metadata.check("metadata", writtenToSealedSecret())
	problems = append(problems, checkKeys(values, sealed.Spec.EncryptedData)...)
	problems = append(problems, checkSealed(values, sealed.Spec.EncryptedData)...)
	problems = append(problems, template.check(sealed.Metadata)...)
	if err := join(problems, nil); err != nil {
		return nil, err
	}
	file := newFile(sealed.Metadata, sealed.Spec.EncryptedData)
	file.APIVersion, file.Kind = sealed.APIVersion, sealed.Kind
	file.object, file.encrypted = sealed, sealed.Spec.EncryptedData
	file.secret, file.kind = template.Metadata, string(template.Type)
	return file, nil
}

func newFile(meta metadata, values map[string]string) *File {
	return &File{Namespace: meta.Namespace, Name: meta.Name, Annotations: meta.Annotations,
		Keys: slices.Sorted(maps.Keys(values))}
}

// The controller uses the SealedSecret's name and namespace for the Secret, whatever the template contains.
func (t secretTemplate) check(sealed metadata) strict.Problems {
	const at = "spec.template.metadata"
	problems := t.Metadata.check(at, writtenToTemplate())
	if t.Metadata.Name != sealed.Name {
		problems = append(problems, strict.Problem{Field: at + ".name", Message: "must be metadata.name"})
	}
	if t.Metadata.Namespace != sealed.Namespace {
		problems = append(problems, strict.Problem{Field: at + ".namespace", Message: "must be metadata.namespace"})
	}
	return append(problems, checkType("spec.template.type", t.Type)...)
}

// A sealed Secret has a value for each key. Errors do not contain a key, because it could be a misplaced secret.
func checkKeys(field string, values map[string]string) strict.Problems {
	var problems strict.Problems
	refuse := func(message string) { problems = append(problems, strict.Problem{Field: field, Message: message}) }
	if len(values) == 0 {
		refuse("has no value")
	}
	for _, key := range slices.Sorted(maps.Keys(values)) {
		if len(validation.IsConfigMapKey(key)) > 0 {
			refuse("a key is not a valid Secret key")
		}
		if values[key] == "" {
			refuse("a value is empty")
		}
	}
	return problems
}

func checkSealed(field string, values map[string]string) strict.Problems {
	var problems strict.Problems
	for i, key := range slices.Sorted(maps.Keys(values)) {
		if !sealedsecret.IsSealed(values[key]) {
			message := fmt.Sprintf("value %d of %d is not encrypted for a SealedSecrets controller", i+1, len(values))
			problems = append(problems, strict.Problem{Field: field, Message: message})
		}
	}
	return problems
}

// Remote secrets have no type, and cacerts is Opaque. Another type could make a Secret a token or a credential for
// something else.
func checkType(field string, kind corev1api.SecretType) strict.Problems {
	if kind == "" || kind == corev1api.SecretTypeOpaque {
		return nil
	}
	return strict.Problems{{Field: field, Message: "must be Opaque"}}
}

// join joins all problems; nil if there are none.
func join(problems strict.Problems, err error) error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, one := range joined.Unwrap() {
			problems = append(problems, strict.Problem{Message: one.Error()})
		}
	}
	if len(problems) > 0 {
		return problems
	}
	return err
}

// inOrder returns the keys of a JSON object in document order; none for anything else.
func inOrder(object json.RawMessage) []string {
	decoder := json.NewDecoder(bytes.NewReader(object))
	if token, err := decoder.Token(); err != nil || token != json.Delim('{') {
		return nil
	}
	var keys []string
	for decoder.More() {
		key, err := decoder.Token()
		var value json.RawMessage
		if err != nil || decoder.Decode(&value) != nil {
			return keys
		}
		keys = append(keys, key.(string))
	}
	return keys
}

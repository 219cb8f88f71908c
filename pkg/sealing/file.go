package sealing

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"sigs.k8s.io/yaml"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/sops"
)

// File is a sealed file as it lies in the repository.
type File struct {
	// Object is the whole document.
	Object map[string]any
	// Kind is Secret, of sops, or SealedSecret.
	Kind            string
	Namespace, Name string
	Annotations     map[string]string
	// Recipients who can decrypt a file of sops, sorted; none for one whose settings are not ours, or
	// that others than recipients of age can decrypt too.
	Recipients []string
	// Keys of the Secret that comes out of it, sorted. Nobody encrypts them.
	Keys []string

	text      []byte
	encrypted map[string]string
	// secret and kind are the metadata and the type of the Secret that comes out of it.
	secret metadata
	kind   string
}

type metadata struct {
	Name        string            `json:"name"`
	Namespace   string            `json:"namespace"`
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
}

// parsed is what of a document matters.
type parsed struct {
	APIVersion string         `json:"apiVersion"`
	Kind       string         `json:"kind"`
	Metadata   metadata       `json:"metadata"`
	Data       map[string]any `json:"data"`
	StringData map[string]any `json:"stringData"`
	SOPS       map[string]any `json:"sops"`
	Spec       struct {
		EncryptedData map[string]string `json:"encryptedData"`
		Template      struct {
			Metadata metadata       `json:"metadata"`
			Type     string         `json:"type"`
			Data     map[string]any `json:"data"`
		} `json:"template"`
		Data any `json:"data"`
	} `json:"spec"`
	Type string `json:"type"`
}

// MaxSize bounds a file: Kubernetes takes one MiB of a Secret, and ciphertext is longer.
const MaxSize = 4 << 20

// Parse reads a file that is to be committed. It refuses one that is not sealed, so that no plain
// Secret gets into a rendered tree this way. A file of sops that others have made, with other
// recipients or settings, is taken as it is. The errors never repeat a value.
func Parse(text []byte) (*File, error) {
	if len(text) > MaxSize {
		return nil, fmt.Errorf("it has more than %d MiB", MaxSize>>20)
	}
	if hasSeveral(text) {
		return nil, errors.New("it has more than one YAML document")
	}
	var p parsed
	file := &File{text: text}
	object, err := yaml.YAMLToJSONStrict(text)
	if err != nil {
		return nil, errors.New("it is not one YAML document, or has a key twice")
	}
	if json.Unmarshal(object, &file.Object) != nil || json.Unmarshal(object, &p) != nil {
		return nil, errors.New("it is no Kubernetes object")
	}
	file.Kind, file.Namespace, file.Name, file.Annotations = p.Kind, p.Metadata.Namespace, p.Metadata.Name, p.Metadata.Annotations
	if _, leak := file.Annotations["kubectl.kubernetes.io/last-applied-configuration"]; leak {
		return nil, errors.New("its annotation last-applied-configuration repeats the plain object")
	}
	if !file.plainShape() {
		return nil, errors.New("it has a field that such an object has not")
	}
	switch {
	case p.APIVersion == "v1" && p.Kind == "Secret":
		return file, file.readSOPS(p)
	case p.APIVersion == sealedAPI && p.Kind == sealedKind:
		return file, file.readSealedSecret(p)
	}
	return nil, errors.New("it is neither a Secret of sops nor a SealedSecret")
}

// hasSeveral tells whether a document follows the first one; the parser would pass over it.
func hasSeveral(text []byte) bool {
	begun := false
	for line := range strings.Lines(string(text)) {
		switch line = strings.TrimRight(line, " \r\n"); {
		case begun && (strings.HasPrefix(line, "---") || line == "..."):
			return true
		case line != "" && line[0] != '#' && line != "---":
			begun = true
		}
	}
	return false
}

// plainShape tells whether a document has no other fields than the two kinds of objects: what stands
// in one, or in one that differs in case, nobody would look at.
func (f *File) plainShape() bool {
	fields := []string{"apiVersion", "kind", "metadata", "type", "immutable", "data", "stringData", "sops", "spec", "status"}
	for name := range f.Object {
		if !slices.Contains(fields, name) {
			return false
		}
	}
	return true
}

func (f *File) readSOPS(p parsed) error {
	if len(p.SOPS) == 0 {
		return errors.New("it is a plain Secret: it has no sops block")
	}
	f.secret, f.kind = p.Metadata, p.Type
	for _, section := range []map[string]any{p.Data, p.StringData} {
		for name, value := range section {
			f.Keys = append(f.Keys, name)
			if sealed, ok := value.(string); !ok || sealed != "" && !strings.HasPrefix(sealed, "ENC[") {
				return errors.New("one of its values is not encrypted") // which one, its name could tell too much
			}
		}
	}
	slices.Sort(f.Keys)
	f.Recipients = recipients(p.SOPS)
	return nil
}

// recipients of a block that has our settings and nobody else in it.
func recipients(block map[string]any) []string {
	ours := []string{"age", "encrypted_regex", "lastmodified", "mac", "mac_only_encrypted", "version"}
	for name, value := range block {
		if list, ok := value.([]any); !slices.Contains(ours, name) && value != nil && (!ok || len(list) > 0) {
			return nil
		}
	}
	if block["encrypted_regex"] != sops.EncryptedRegex || block["mac_only_encrypted"] != true {
		return nil
	}
	var all []string
	stanzas, _ := block["age"].([]any)
	for _, stanza := range stanzas {
		fields, _ := stanza.(map[string]any)
		recipient, _ := fields["recipient"].(string)
		all = append(all, recipient)
	}
	slices.Sort(all)
	return all
}

func (f *File) readSealedSecret(p parsed) error {
	for _, wide := range []string{"cluster-wide", "namespace-wide"} {
		if p.Metadata.Annotations["sealedsecrets.bitnami.com/"+wide] == "true" {
			return errors.New("its scope is " + wide + ": it could be opened under another name; only strict is taken")
		}
	}
	// What the template has for data the controller puts in the place of what was encrypted.
	if len(p.Data)+len(p.StringData)+len(p.Spec.Template.Data) > 0 || p.Spec.Data != nil || len(p.Spec.EncryptedData) == 0 {
		return errors.New("it has no encryptedData, or other values beside it")
	}
	f.Keys = slices.Sorted(maps.Keys(p.Spec.EncryptedData))
	f.encrypted, f.secret, f.kind = p.Spec.EncryptedData, p.Spec.Template.Metadata, p.Spec.Template.Type
	return nil
}

// Controller is the certificate that a SealedSecret says it was encrypted with.
func (f *File) Controller() string { return f.Annotations[annotationController] }

// Source is what Secret.Source was when the file was sealed.
func (f *File) Source() string { return f.Annotations[annotationSource] }

// Life is when the credential begins and ends, as the annotations tell it; zero where they tell nothing.
func (f *File) Life() (begin, end time.Time) { return beginning(f.Annotations), expiry(f.Annotations) }

// Holds names what the credential ends with, as the annotations tell it: the Secret of a token, or the
// user of a client certificate. Empty: they do not tell.
func (f *File) Holds() string {
	for _, part := range strings.Split(f.Annotations[factClientName], ",") {
		if user, ok := strings.CutPrefix(part, "CN="); ok {
			return user
		}
	}
	return f.Annotations[factSecret]
}

// Facts are those among the annotations.
func (f *File) Facts() map[string]string {
	facts := map[string]string{}
	for name, value := range f.Annotations {
		if strings.HasPrefix(name, Prefix) && name != annotationSource && name != annotationController {
			facts[name] = value
		}
	}
	return facts
}

// Differ names the first of some facts that a file tells otherwise, without the prefix; empty when
// it tells all of them so. Facts of the same kind that the file has beyond these count too.
func (f *File) Differ(facts map[string]string, kind func(name string) bool) string {
	told := f.Facts()
	maps.DeleteFunc(told, func(name, _ string) bool { return !kind(name) })
	return difference(facts, told)
}

func difference(want, have map[string]string) string {
	names := maps.Clone(want)
	maps.Copy(names, have)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if want[name] != have[name] {
			return strings.TrimPrefix(name, Prefix)
		}
	}
	return ""
}

// IsAddress tells whether a fact is one of Address.
func IsAddress(name string) bool {
	return slices.Contains([]string{factPeer, factServer, factServerName, factProxy, factAuthority}, name)
}

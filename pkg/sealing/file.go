package sealing

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/sops"
)

// File is a sealed file of the repository.
type File struct {
	// Kind is Secret, of sops, or SealedSecret.
	APIVersion, Kind string
	Namespace, Name  string
	Annotations      map[string]string
	// Recipients who can decrypt a file of sops, sorted; none for a SealedSecret.
	Recipients []string
	// Keys of the Secret that comes out of it, sorted. They are not encrypted.
	Keys []string

	// object is the typed document, of which everything else is taken.
	object any
	// sops are the encrypted values of a Secret, encrypted those of a SealedSecret.
	sops      *sops.Document
	encrypted map[string]string
	// secret and kind are the metadata and the type of the Secret that comes out of it.
	secret metadata
	kind   string
}

// Object is what was verified, for an encoder: a struct with exactly the known fields. The text of the file
// may say more to another reader, so it is never passed on.
func (f *File) Object() any { return f.object }

// Digest of everything that was verified, ciphertext and annotations, in lower-case hexadecimal digits.
func (f *File) Digest() (string, error) {
	text, err := json.Marshal(f.object)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}

// Controller is the certificate that a SealedSecret says it was encrypted with.
func (f *File) Controller() string { return f.Annotations[annotationController] }

// Source is what Secret.Source was when the file was sealed.
func (f *File) Source() string { return f.Annotations[annotationSource] }

// Life is when the credential begins and ends, as the annotations tell it; zero if they tell nothing.
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

// Description are the annotations that say what is sealed.
func (f *File) Description() map[string]string {
	facts := map[string]string{}
	for name, value := range f.Annotations {
		if strings.HasPrefix(name, Prefix) && name != annotationSource && name != annotationController {
			facts[name] = value
		}
	}
	return facts
}

// Differ names the first of some facts that a file tells otherwise, without the prefix; empty if
// it tells all of them so. Facts of the same kind that the file has beyond these count too.
func (f *File) Differ(facts map[string]string, kind func(name string) bool) string {
	described := f.Description()
	maps.DeleteFunc(described, func(name, _ string) bool { return !kind(name) })
	return difference(facts, described)
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

// IsAddress reports whether a fact is one of Address.
func IsAddress(name string) bool {
	return slices.Contains([]string{factPeer, factServer, factServerName, factProxy, factAuthority}, name)
}

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

// File is a committed sealed file.
type File struct {
	// Kind is Secret, for sops, or SealedSecret.
	APIVersion, Kind string
	Namespace, Name  string
	Annotations      map[string]string
	// Recipients of a sops file, sorted; none for a SealedSecret.
	Recipients []string
	// Keys of the resulting Secret, sorted. They are not encrypted.
	Keys []string

	// object is the typed document, from which everything else is derived.
	object any
	// sops are the encrypted values of a Secret, encrypted those of a SealedSecret.
	sops      *sops.Document
	encrypted map[string]string
	// secret and kind are the metadata and the type of the resulting Secret.
	secret metadata
	kind   string
}

// Object returns the verified document for an encoder: a struct with exactly the known fields. The text of the file
// could mean more to another reader, so it is never passed on.
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

// Controller returns the certificate with which a SealedSecret was encrypted, from its annotations.
func (f *File) Controller() string { return f.Annotations[annotationController] }

// Source returns Secret.Source when the file was sealed.
func (f *File) Source() string { return f.Annotations[annotationSource] }

// Life returns the credential's validity, from the annotations; zero if unknown.
func (f *File) Life() (begin, end time.Time) { return beginning(f.Annotations), expiry(f.Annotations) }

// Holds returns what the credential depends on, from the annotations: the Secret of a token, or the user of a client
// certificate. Empty if unknown.
func (f *File) Holds() string {
	for _, part := range strings.Split(f.Annotations[factClientName], ",") {
		if user, ok := strings.CutPrefix(part, "CN="); ok {
			return user
		}
	}
	return f.Annotations[factSecret]
}

// Description returns the annotations that describe the content.
func (f *File) Description() map[string]string {
	facts := map[string]string{}
	for name, value := range f.Annotations {
		if strings.HasPrefix(name, Prefix) && name != annotationSource && name != annotationController {
			facts[name] = value
		}
	}
	return facts
}

// Differ returns the first of some facts in which a file differs, without the prefix; empty if there is none.
// Additional facts of the same kind in the file count too.
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
